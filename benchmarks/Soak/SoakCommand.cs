using System.CommandLine;

namespace OnnxPipeline.Benchmarks.Soak;

/// <summary>"soak": loads the server for minutes, exchanges its model, and vanishes from it; exit code 1 where anything but that is wrong at the end.</summary>
internal static class SoakCommand
{
    public static Command Create()
    {
        var minutes = new Option<double>("--minutes") { Description = "How long.", DefaultValueFactory = _ => 10 };
        minutes.Validators.Add(result =>
        {
            if (!(result.GetValueOrDefault<double>() >= 0.5)) result.AddError("--minutes: expected at least 0.5, to tell memory that grows from memory that settles.");
        });
        var command = new Command("soak", "Loads the server for minutes, with a model that is exchanged every 5 s and clients that vanish, and checks that nothing is lost or kept.") { minutes };
        command.SetAction(arguments =>
        {
            var report = SoakRun.Run(TimeSpan.FromMinutes(arguments.GetValue(minutes)), Console.Error.WriteLine);
            report.Write(Console.Out);
            return report.Faults.Count == 0 ? 0 : 1;
        });
        return command;
    }
}
