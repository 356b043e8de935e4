using OnnxPipeline.Pipeline.Orchestration;

namespace OnnxPipeline.Pipeline.Progress;

/// <summary>Shows a run while it goes on: live on a terminal, in plain lines elsewhere.</summary>
internal static class RunView
{
    public static T Watch<T>(CliServices services, Func<IRunObserver, T> run) =>
        services.Interactive ? LiveObserver.Watch(services.Error, run) : run(new PlainObserver(services.Error));
}
