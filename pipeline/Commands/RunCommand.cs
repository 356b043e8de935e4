using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Progress;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"run": makes what the recipe describes, as far as it is not cached.</summary>
internal static class RunCommand
{
    public static Command Create(CliServices services)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would run, and why." };
        var json = new Option<bool>("--json") { Description = "Print the run's record as JSON." };
        var artifacts = ArtifactsOption.Create();
        var command = new Command("run", "Run a recipe; what is cached is not made again.") { dryRun, json, artifacts };
        var arguments = RecipeArguments.AddTo(command, recipeRequired: true);
        command.SetAction((line, cancellation) =>
        {
            var request = arguments.Read(line, services);
            var folder = ArtifactsOption.Read(line, artifacts, services);
            return Task.FromResult(line.GetValue(dryRun)
                ? StatusCommand.Show(request, folder, line.GetValue(json), services)
                : Run(request, folder, line.GetValue(json), services, cancellation));
        });
        return command;
    }

    private static int Run(RunRequest request, string folder, bool json, CliServices services, CancellationToken cancellation)
    {
        var run = RunView.Watch(services, observer => new Orchestrator(folder, observer, services.Time).Run(request, cancellation));
        if (json)
        {
            services.Out.WriteLine(JsonSerializer.Serialize(run, RunJson.Default.RunRecord));
            return Cli.Done;
        }
        var table = new TextTable("STAGE", "RESULT", "SECONDS", "KEY", "WHY");
        foreach (var stage in run.Stages) table.Add(stage.Name, stage.Cached ? "cached" : "made", stage.Seconds.ToString("0.0", CultureInfo.InvariantCulture), stage.Key[..12], stage.Reason.Text);
        services.Out.Write(table);
        foreach (var (name, value) in run.Metrics) services.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} = {value:G6}"));
        services.Out.WriteLine($"run {run.Id} in {folder}");
        return Cli.Done;
    }
}
