using System.CommandLine;
using System.Text.Json;
using OnnxPipeline.Datasets;
using OnnxPipeline.Pipeline.Diagnosis;
using OnnxPipeline.Pipeline.Recipes;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"doctor": what is installed, what is missing, and the command that brings it.</summary>
internal static class DoctorCommand
{
    private const string Reset = "\u001b[0m";

    public static Command Create(CliServices services)
    {
        var json = new Option<bool>("--json") { Description = "Print the findings as JSON." };
        var mirror = new Option<string?>("--data-mirror") { Description = "Look for dataset files here too.", HelpName = "DIR" };
        var artifacts = ArtifactsOption.Create();
        var command = new Command("doctor", "Say what is installed and what is missing; exit code 1 if the default recipe cannot run.") { json, mirror, artifacts };
        command.SetAction(line =>
        {
            var checks = Doctor.Examine(ArtifactsOption.Read(line, artifacts, services), services.Folder, new SourceOptions { DataMirror = line.GetValue(mirror) });
            var ready = checks.All(check => check.State != CheckState.Missing);
            if (line.GetValue(json)) services.Out.WriteLine(JsonSerializer.Serialize(new DoctorReport(ready, checks), CliJson.Default.DoctorReport));
            else Print(checks, ready, services);
            return ready ? Cli.Done : Cli.Failed;
        });
        return command;
    }

    private static void Print(IReadOnlyList<Check> checks, bool ready, CliServices services)
    {
        var (marks, names) = (checks.Max(c => Mark(c.State).Length), checks.Max(c => c.Name.Length));
        foreach (var check in checks)
        {
            var mark = Mark(check.State).PadRight(marks);
            services.Out.WriteLine($"{(services.Colour ? Colour(check.State) + mark + Reset : mark)}  {check.Name.PadRight(names)}  {check.Found}");
            if (check.Remedy is { } remedy) services.Out.WriteLine($"{new string(' ', marks + names + 4)}-> {remedy}");
        }
        services.Out.WriteLine();
        services.Out.WriteLine(ready ? $"The default recipe can run: pipeline run {RecipeCatalog.DefaultRecipe}" : "The default recipe cannot run yet; what is missing is marked above.");
    }

    private static string Mark(CheckState state) => state switch
    {
        CheckState.Ok => "ok",
        CheckState.Absent => "-",
        _ => "missing",
    };

    private static string Colour(CheckState state) => state switch
    {
        CheckState.Ok => "\u001b[32m",
        CheckState.Absent => "\u001b[90m",
        _ => "\u001b[31m",
    };
}
