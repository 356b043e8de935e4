namespace OnnxPipeline.Pipeline.Cluster;

/// <summary>A Slurm cluster, by the commands that its users have.</summary>
internal interface ISlurm
{
    /// <summary>The most tasks that one array may have.</summary>
    /// <exception cref="SlurmException">Slurm is not here, or does not answer.</exception>
    int MaxArraySize { get; }

    /// <summary>Hands a batch in; its job ID.</summary>
    /// <exception cref="SlurmException">Slurm is not here, does not answer, or refuses the batch.</exception>
    string Submit(BatchRequest request);

    /// <summary>The tasks of jobs that Slurm still knows of, ended ones for some minutes among them.</summary>
    /// <exception cref="SlurmException">Slurm is not here, or does not answer.</exception>
    IReadOnlyList<QueuedTask> Queue(IReadOnlyCollection<string> jobs);

    /// <summary>What the accounting has of jobs; nothing where the cluster keeps none.</summary>
    IReadOnlyList<QueuedTask> Accounting(IReadOnlyCollection<string> jobs);

    /// <summary>Ends jobs, waiting ones and running ones.</summary>
    /// <exception cref="SlurmException">Slurm is not here, does not answer, or refuses.</exception>
    void Cancel(IReadOnlyCollection<string> jobs);
}

/// <summary>A batch to be handed in.</summary>
/// <param name="Name">The job's name in the queue.</param>
/// <param name="Script">The batch script's path.</param>
/// <param name="Arguments">What the script is given.</param>
/// <param name="Tasks">Tasks of the array, numbered from 1; null for a job that is no array.</param>
/// <param name="Log">Where its output goes, with Slurm's %a for the task.</param>
/// <param name="After">The jobs that must have ended before.</param>
/// <param name="AfterSuccess">Whether those must have succeeded too; else this one is given up with them.</param>
/// <param name="OnGpu">Whether it runs on CUDA.</param>
/// <param name="Options">What is asked of Slurm.</param>
/// <param name="Environment">What its environment has besides that of this process.</param>
internal sealed record BatchRequest(string Name, string Script, IReadOnlyList<string> Arguments, int? Tasks, string Log, IReadOnlyList<string> After, bool AfterSuccess, bool OnGpu, SlurmOptions Options, IReadOnlyDictionary<string, string> Environment);

/// <summary>A task as Slurm sees it.</summary>
/// <param name="Job">The job's ID; an array's where the task is one of it.</param>
/// <param name="Task">The task's number; null where the job is no array.</param>
/// <param name="State">For example PENDING, RUNNING, COMPLETED or NODE_FAIL.</param>
/// <param name="Detail">Why it waits, or the node that it runs on; empty where Slurm says nothing.</param>
internal sealed record QueuedTask(string Job, int? Task, string State, string Detail)
{
    private static readonly string[] Live = ["PENDING", "RUNNING", "SUSPENDED", "COMPLETING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "RESIZING", "SIGNALING", "STAGE_OUT", "STOPPED", "SPECIAL_EXIT", "RESV_DEL_HOLD"];

    /// <summary>Whether it runs or may yet run.</summary>
    public bool IsLive => Live.Contains(State);

    /// <summary>Whether it is over, and not well.</summary>
    public bool HasFailed => !IsLive && State != "COMPLETED";
}
