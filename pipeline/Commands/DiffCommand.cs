using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using OnnxPipeline.Pipeline.Orchestration;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"diff": what sets two runs apart, in options and in metrics.</summary>
internal static class DiffCommand
{
    private const string RunHelp = "A run's ID, the beginning of one, or 'latest'.";

    public static Command Create(CliServices services)
    {
        var from = new Argument<string>("FROM") { Description = RunHelp };
        var to = new Argument<string>("TO") { Description = RunHelp };
        var json = new Option<bool>("--json") { Description = "Print the differences as JSON." };
        var artifacts = ArtifactsOption.Create();
        var command = new Command("diff", "Compare the options and metrics of two runs.") { from, to, json, artifacts };
        command.SetAction(line =>
        {
            var history = new RunHistory(ArtifactsOption.Read(line, artifacts, services));
            var difference = Compare(history.Find(line.GetRequiredValue(from)), history.Find(line.GetRequiredValue(to)));
            if (line.GetValue(json)) services.Out.WriteLine(JsonSerializer.Serialize(difference, CliJson.Default.RunDifference));
            else Print(difference, services.Out);
        });
        return command;
    }

    private static RunDifference Compare(RunRecord from, RunRecord to) => new(
        from.Id,
        to.Id,
        OptionDifference.Between(from.Options, to.Options),
        [
            .. from.Metrics.Keys.Union(to.Metrics.Keys).Order(StringComparer.Ordinal).Select(name => new MetricDifference(
                name,
                from.Metrics.TryGetValue(name, out var old) ? old : null,
                to.Metrics.TryGetValue(name, out var @new) ? @new : null)),
        ]);

    private static void Print(RunDifference difference, TextWriter output)
    {
        var options = new TextTable("OPTION", difference.From, difference.To);
        foreach (var option in difference.Options) options.Add(option.Path, option.Old ?? "-", option.New ?? "-");
        if (difference.Options.Count == 0) output.WriteLine("The options are the same.");
        else output.Write(options);

        if (difference.Metrics.Count == 0) return;
        var metrics = new TextTable("METRIC", difference.From, difference.To, "CHANGE");
        foreach (var metric in difference.Metrics) metrics.Add(metric.Name, Text(metric.Old), Text(metric.New), metric.New - metric.Old is { } change ? change.ToString("+0.######;-0.######;0", CultureInfo.InvariantCulture) : "-");
        output.WriteLine();
        output.Write(metrics);
    }

    private static string Text(double? value) => value?.ToString("G6", CultureInfo.InvariantCulture) ?? "-";
}
