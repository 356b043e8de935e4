using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Cluster;

/// <summary>What is shown of a job while it goes on, and at its end.</summary>
/// <param name="Json">Prints the result as JSON instead of a table.</param>
/// <param name="PublishBest">Makes the best trial of a sweep artifacts/latest.</param>
internal sealed record JobOutput(bool Json = false, bool PublishBest = false);

/// <summary>Shows a job of one kind to whoever follows it, as a local run of that kind shows itself.</summary>
internal abstract class JobView(JobRecord job, JobFolder folder, CliServices services)
{
    private const int TailLines = 12;
    private const int MostTails = 5;

    protected JobRecord Job { get; } = job;

    protected JobFolder Folder { get; } = folder;

    protected CliServices Services { get; } = services;

    /// <summary>Follows the job to its end; the exit code.</summary>
    /// <exception cref="OperationCanceledException">Whoever follows had enough; the job goes on.</exception>
    /// <exception cref="StoreException">The artifacts folder cannot be written to.</exception>
    public int Show(JobFollower follower, JobOutput output, CancellationToken cancellation)
    {
        var ends = Watch(follower, cancellation);
        var code = Finish(ends, output, cancellation);
        foreach (var (batch, task, end) in Job.Batches.SelectMany(b => Enumerable.Range(1, b.Tasks), (b, t) => (b, t, ends[(b.Name, t)])).Where(t => t.Item3.Failed).Take(MostTails)) Tail(batch, task, end);
        return code;
    }

    protected abstract IReadOnlyDictionary<(string Batch, int Task), TaskEnd> Watch(JobFollower follower, CancellationToken cancellation);

    /// <summary>Says what was made.</summary>
    protected abstract int Finish(IReadOnlyDictionary<(string Batch, int Task), TaskEnd> ends, JobOutput output, CancellationToken cancellation);

    /// <summary>The end of a failed task's log.</summary>
    private void Tail(Batch batch, int task, TaskEnd end)
    {
        var log = Folder.Log(batch, task);
        Services.Error.WriteLine($"{batch.Name} task {task} failed: {end.Reason}");
        if (!File.Exists(log)) return;
        Services.Error.WriteLine($"its log, {log}, ends:");
        foreach (var line in File.ReadLines(log).TakeLast(TailLines)) Services.Error.WriteLine($"  {line}");
    }
}
