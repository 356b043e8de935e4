namespace OnnxPipeline.Pipeline.Cluster;

/// <summary>What the tasks of one kind of job do, on whichever node they run.</summary>
internal interface IJobTasks
{
    /// <summary>Runs a task and leaves its result in the job's folder.</summary>
    /// <param name="batch">Its batch.</param>
    /// <param name="task">Its number there, from 1.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellation">Set when it is to stop, so that it can go on later.</param>
    Task RunAsync(Batch batch, int task, ProgressWriter progress, CancellationToken cancellation);
}
