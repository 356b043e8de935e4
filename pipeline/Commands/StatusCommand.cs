using System.CommandLine;
using System.Text.Json;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Progress;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"status": which stages are cached, which would run, and why.</summary>
internal static class StatusCommand
{
    public static Command Create(CliServices services)
    {
        var json = new Option<bool>("--json") { Description = "Print the stages as JSON." };
        var remote = RemoteOption.Create();
        var artifacts = ArtifactsOption.Create();
        var command = new Command("status", "Say which stages are cached, which would run, and why.") { json, remote, artifacts };
        var arguments = RecipeArguments.AddTo(command, recipeRequired: false);
        command.SetAction(line => Show(arguments.Read(line, services), ArtifactsOption.Read(line, artifacts, services), RemoteOption.Read(line, remote, services), line.GetValue(json), services));
        return command;
    }

    /// <summary>Prints the plan.</summary>
    public static int Show(RunRequest request, string folder, RunRemote? remote, bool json, CliServices services)
    {
        var plan = new Orchestrator(folder, new PlainObserver(services.Error), services.Time, remote: remote).Plan(request);
        if (json)
        {
            IReadOnlyList<StatusLine> lines = [.. plan.Select(p => new StatusLine(p.Name, p.Key?.ToString(), p.Artifact?.Hash, p.Artifact is not null, p.Reason))];
            services.Out.WriteLine(JsonSerializer.Serialize(lines, CliJson.Default.IReadOnlyListStatusLine));
            return Cli.Done;
        }
        var table = new TextTable("STAGE", "STATE", "KEY", "WHY");
        foreach (var stage in plan) table.Add(stage.Name, State(stage), stage.Key?.Short ?? "-", stage.Reason.Text);
        services.Out.Write(table);
        return Cli.Done;
    }

    private static string State(PlannedStage stage) => stage.Reason.Kind switch
    {
        ReasonKind.Cached => "cached",
        ReasonKind.Remote => "remote",
        ReasonKind.InputFirst => "not known",
        _ => "would run",
    };
}
