using System.Reflection;
using OnnxPipeline.Pipeline.Commands;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Cluster;

/// <summary>A batch before it is handed in.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Tasks">Tasks that run side by side.</param>
/// <param name="After">The batches that it waits for.</param>
/// <param name="AfterSuccess">Whether they must have succeeded.</param>
/// <param name="OnGpu">Whether it runs on CUDA.</param>
internal sealed record BatchPlan(string Name, int Tasks, IReadOnlyList<string> After, bool AfterSuccess, bool OnGpu);

/// <summary>
/// Hands a job in to Slurm. A job that does the same and is still in the queue is taken instead; one that did not come to its end goes
/// on in its folder, so that what it finished is not done again.
/// </summary>
internal sealed class JobSubmitter(CliServices services, string artifacts)
{
    private readonly ISlurm _slurm = services.Slurm;

    /// <param name="draft">The job, without ID and batches.</param>
    /// <param name="batches">What it consists of.</param>
    /// <param name="environment">What its tasks find in their environment besides that of this process.</param>
    /// <param name="prepare">Writes into the folder of a new job what its tasks read.</param>
    /// <returns>The job's folder.</returns>
    /// <exception cref="SlurmException">Slurm is not here, or refuses; nothing is left in the queue.</exception>
    /// <exception cref="StoreException">The artifacts folder cannot be written to.</exception>
    public JobFolder Submit(JobRecord draft, IReadOnlyList<BatchPlan> batches, IReadOnlyDictionary<string, string> environment, Action<JobFolder> prepare)
    {
        var largest = _slurm.MaxArraySize;
        var (folder, earlier) = Earlier(draft);
        if (earlier is not null && _slurm.Queue(earlier.SlurmIds).Any(task => task.IsLive))
        {
            services.Error.WriteLine($"job {earlier.Id} does the same already; following it");
            return folder!;
        }
        var isNew = folder is null;
        folder ??= new JobList(artifacts).Reserve(draft.Title, draft.Created);
        var record = draft with { Id = earlier?.Id ?? Path.GetFileName(folder.Path), Created = earlier?.Created ?? draft.Created };
        try
        {
            if (isNew) prepare(folder);
            else folder.Reopen(earlier!);
            Directory.CreateDirectory(folder.Logs);
            folder.WriteText(folder.Script, BatchScript.Text(record.Slurm.Command ?? ThisProgram(), folder.Path, record.Slurm));
            record = HandIn(record, folder, batches, environment, largest);
        }
        catch when (isNew)
        {
            Directory.Delete(folder.Path, recursive: true);
            throw;
        }
        services.Error.WriteLine($"job {record.Id} {(isNew ? "is handed in" : "goes on")}: {string.Join(", ", record.Batches.Select(b => $"{b.Name} {(b.Tasks > 1 ? $"({b.Tasks} tasks) " : "")}as {string.Join(", ", b.Parts.Select(p => p.SlurmId))}"))}");
        return folder;
    }

    /// <summary>The last job of the same content that has not succeeded as a whole.</summary>
    private (JobFolder? Folder, JobRecord? Record) Earlier(JobRecord draft)
    {
        var (folder, record) = new JobList(artifacts).Jobs.FirstOrDefault(j => j.Record.Content == draft.Content && j.Record.Kind == draft.Kind);
        return record is null || folder.HasSucceeded(record) ? (null, null) : (folder, record);
    }

    private JobRecord HandIn(JobRecord record, JobFolder folder, IReadOnlyList<BatchPlan> batches, IReadOnlyDictionary<string, string> environment, int largest)
    {
        var submitted = new List<Batch>();
        // Tasks look themselves up in the record, so that it has their batch before they can begin.
        record = record with { Batches = [.. batches.Select(b => new Batch(b.Name, b.Tasks, []))] };
        folder.Save(record);
        try
        {
            foreach (var plan in batches)
            {
                var parts = new List<BatchPart>();
                submitted.Add(new Batch(plan.Name, plan.Tasks, parts));
                string[] after = [.. submitted.Where(b => plan.After.Contains(b.Name)).SelectMany(b => b.Parts).Select(p => p.SlurmId)];
                for (var first = 1; first <= plan.Tasks; first += largest)
                {
                    var tasks = Math.Min(largest, plan.Tasks - first + 1);
                    var isArray = plan.Tasks > 1;
                    // Slurm reads more into a single '%'.
                    var log = Path.Combine(folder.Logs.Replace("%", "%%", StringComparison.Ordinal), JobFolder.LogName(plan.Name, first, isArray ? "%a" : "1"));
                    var id = _slurm.Submit(new BatchRequest($"{record.Title}-{plan.Name}", folder.Script, [plan.Name, $"{first}"], isArray ? tasks : null, log, after, plan.AfterSuccess, plan.OnGpu, record.Slurm, environment));
                    parts.Add(new BatchPart(id, first, isArray));
                }
            }
        }
        catch
        {
            _slurm.Cancel([.. submitted.SelectMany(b => b.Parts).Select(p => p.SlurmId)]);
            throw;
        }
        record = record with { Batches = submitted };
        folder.Save(record);
        return record;
    }

    /// <summary>The command that started this process, to start it on another node.</summary>
    private static string ThisProgram()
    {
        var host = Environment.ProcessPath!;
        var program = Assembly.GetEntryAssembly()!.Location;
        return ShellText.Line(Path.GetFileNameWithoutExtension(host) == "dotnet" ? [host, program] : [host]);
    }
}
