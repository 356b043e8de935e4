using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using OnnxPipeline.Pipeline.Orchestration;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"runs": the history, latest first.</summary>
internal static class RunsCommand
{
    private const int ShownMetrics = 3;

    public static Command Create(CliServices services)
    {
        var limit = new Option<int>("--limit") { Description = "At most so many runs.", HelpName = "N", DefaultValueFactory = _ => 20 };
        var json = new Option<bool>("--json") { Description = "Print the runs' records as JSON." };
        var artifacts = ArtifactsOption.Create();
        var command = new Command("runs", "List past runs, latest first.") { limit, json, artifacts };
        command.SetAction(line =>
        {
            IReadOnlyList<RunRecord> runs = [.. new RunHistory(ArtifactsOption.Read(line, artifacts, services)).Runs.Take(line.GetValue(limit))];
            if (line.GetValue(json)) services.Out.WriteLine(JsonSerializer.Serialize(runs, CliJson.Default.IReadOnlyListRunRecord));
            else services.Out.Write(Table(runs));
        });
        return command;
    }

    private static TextTable Table(IReadOnlyList<RunRecord> runs)
    {
        var table = new TextTable("RUN", "STATUS", "SECONDS", "MADE", "CACHED", "METRICS");
        foreach (var run in runs)
        {
            table.Add(
                run.Id,
                run.Status.ToString().ToLowerInvariant(),
                run.Ended is { } ended ? (ended - run.Started).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) : "-",
                run.Stages.Count(s => !s.Cached).ToString(CultureInfo.InvariantCulture),
                run.Stages.Count(s => s.Cached).ToString(CultureInfo.InvariantCulture),
                string.Join("  ", run.Metrics.Take(ShownMetrics).Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Key}={m.Value:G6}"))));
        }
        return table;
    }
}
