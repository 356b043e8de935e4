using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using OnnxPipeline.Pipeline.Cluster;
using OnnxPipeline.Pipeline.Recipes.Binding;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"jobs": what was handed in to Slurm, latest first, and how it stands.</summary>
internal static class JobsCommand
{
    public static Command Create(CliServices services)
    {
        var limit = new Option<int>("--limit") { Description = "At most so many jobs.", HelpName = "N", DefaultValueFactory = _ => 20 };
        var json = new Option<bool>("--json") { Description = "Print the jobs as JSON." };
        var artifacts = ArtifactsOption.Create();
        var command = new Command("jobs", "List the jobs of --executor slurm, latest first.") { limit, json, artifacts };
        command.SetAction(line =>
        {
            var jobs = new JobList(ArtifactsOption.Read(line, artifacts, services)).Jobs.Take(line.GetValue(limit)).ToArray();
            var live = Live(jobs.SelectMany(j => j.Record.SlurmIds), services);
            IReadOnlyList<JobLine> lines = [.. jobs.Select(j => LineOf(j.Folder, j.Record, live))];
            if (line.GetValue(json)) services.Out.WriteLine(JsonSerializer.Serialize(lines, CliJson.Default.IReadOnlyListJobLine));
            else services.Out.Write(Table(lines));
        });
        return command;
    }

    /// <summary>Tasks in the queue, by Slurm's job; null where Slurm cannot be asked.</summary>
    private static ILookup<string, QueuedTask>? Live(IEnumerable<string> ids, CliServices services)
    {
        try
        {
            return services.Slurm.Queue([.. ids]).Where(t => t.IsLive).ToLookup(t => t.Job);
        }
        catch (SlurmException exception)
        {
            services.Error.WriteLine($"{exception.Message} What runs or waits is not known.");
            return null;
        }
    }

    private static JobLine LineOf(JobFolder folder, JobRecord record, ILookup<string, QueuedTask>? live)
    {
        var ends = record.Batches.SelectMany(b => Enumerable.Range(1, b.Tasks).Select(task => folder.End(b.Name, task))).ToArray();
        var tasks = live is null ? [] : record.SlurmIds.SelectMany(id => live[id]).ToArray();
        var (done, failed, running, waiting) = (ends.Count(e => e is { Failed: false }), ends.Count(e => e is { Failed: true }), tasks.Count(t => t.State != "PENDING"), tasks.Count(t => t.State == "PENDING"));
        var state = folder.IsCancelled ? "cancelled"
            : done == ends.Length ? "done"
            : running > 0 ? "running"
            : waiting > 0 ? "waiting"
            : live is null ? "unknown"
            : "failed";
        return new JobLine(record.Id, Names.Enum(record.Kind), state, ends.Length, done, failed, running, waiting, record.SlurmIds);
    }

    private static TextTable Table(IReadOnlyList<JobLine> lines)
    {
        var table = new TextTable("JOB", "KIND", "STATE", "SLURM", "TASKS", "DONE", "FAILED", "RUNNING", "WAITING") { NumbersFrom = 4 };
        foreach (var l in lines)
        {
            var slurm = l.Slurm.Count > 3 ? $"{l.Slurm[0]}..{l.Slurm[^1]}" : string.Join(',', l.Slurm);
            table.Add([l.Job, l.Kind, l.State, slurm, .. new[] { l.Tasks, l.Done, l.Failed, l.Running, l.Waiting }.Select(n => n.ToString(CultureInfo.InvariantCulture))]);
        }
        return table;
    }
}
