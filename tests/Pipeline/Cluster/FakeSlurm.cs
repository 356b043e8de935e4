using OnnxPipeline.Pipeline.Cluster;

namespace OnnxPipeline.Pipeline.Tests.Cluster;

/// <summary>A queue in memory, in which a test says what becomes of tasks.</summary>
internal sealed class FakeSlurm : ISlurm
{
    public List<BatchRequest> Submitted { get; } = [];

    public List<string> Cancelled { get; } = [];

    public List<QueuedTask> Tasks { get; } = [];

    public List<QueuedTask> Accounted { get; } = [];

    /// <summary>The number of the submission that is refused; 0 for none.</summary>
    public int RefusedAt { get; set; }

    public bool Silent { get; set; }

    public int MaxArraySize { get; set; } = 1000;

    public string Submit(BatchRequest request)
    {
        if (Submitted.Count + 1 == RefusedAt) throw new SlurmException("sbatch failed: no such partition");
        Submitted.Add(request);
        return $"{100 + Submitted.Count}";
    }

    public IReadOnlyList<QueuedTask> Queue(IReadOnlyCollection<string> jobs) => Silent ? throw new SlurmException("squeue failed: connection refused") : [.. Tasks.Where(t => jobs.Contains(t.Job))];

    public IReadOnlyList<QueuedTask> Accounting(IReadOnlyCollection<string> jobs) => [.. Accounted.Where(t => jobs.Contains(t.Job))];

    public void Cancel(IReadOnlyCollection<string> jobs) => Cancelled.AddRange(jobs);
}
