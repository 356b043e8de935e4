using OnnxPipeline.Pipeline.Sweeps;
using Spectre.Console;

namespace OnnxPipeline.Pipeline.Progress;

/// <summary>Shows a sweep while it goes on: live on a terminal, in plain lines elsewhere.</summary>
internal static class SweepView
{
    public static T Watch<T>(CliServices services, int runs, Func<ISweepObserver, T> run) => services.Interactive
        ? LiveSweepObserver.Watch(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(services.Error) }), runs, run)
        : run(new PlainSweepObserver(services.Error));
}
