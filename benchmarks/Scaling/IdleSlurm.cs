using OnnxPipeline.Pipeline.Cluster;

namespace OnnxPipeline.Benchmarks.Scaling;

/// <summary>Takes whatever is handed in, and runs nothing.</summary>
internal sealed class IdleSlurm : ISlurm
{
    private int _submitted;

    /// <summary>Slurm's default, less one.</summary>
    public int MaxArraySize => 1000;

    public string Submit(BatchRequest request) => $"{++_submitted}";

    public IReadOnlyList<QueuedTask> Queue(IReadOnlyCollection<string> jobs) => [];

    public IReadOnlyList<QueuedTask> Accounting(IReadOnlyCollection<string> jobs) => [];

    public void Cancel(IReadOnlyCollection<string> jobs)
    {
    }
}
