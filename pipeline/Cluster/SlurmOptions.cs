namespace OnnxPipeline.Pipeline.Cluster;

/// <summary>What "--executor slurm" asks Slurm for. It decides where and when a job runs, and nothing of what it makes, so no key depends on it.</summary>
internal sealed record SlurmOptions
{
    /// <summary>The partition of jobs that run on CPUs; null for the cluster's default.</summary>
    public string? Partition { get; init; }

    /// <summary>The partition of jobs that run on CUDA; null for that of the others.</summary>
    public string? GpuPartition { get; init; }

    /// <summary>The account that is charged; null for the user's default.</summary>
    public string? Account { get; init; }

    /// <summary>The quality of service; null for the cluster's default.</summary>
    public string? Qos { get; init; }

    /// <summary>Features that nodes must have, as sbatch's --constraint takes them; null for any node.</summary>
    public string? Constraint { get; init; }

    /// <summary>The time limit of a job, as Slurm writes it: minutes, HH:MM:SS or D-HH:MM:SS; null for the partition's. A training that needs longer goes on from its checkpoint.</summary>
    public string? Time { get; init; }

    /// <summary>Cores of a job; it uses no more.</summary>
    public int Cores { get; init; } = 4;

    /// <summary>Memory of a job, for example 4G; null for the cluster's default.</summary>
    public string? Memory { get; init; }

    /// <summary>GPUs of a job that runs on CUDA; other jobs ask for none.</summary>
    public int Gpus { get; init; } = 1;

    /// <summary>The type of those GPUs as the cluster names it, for example a100; null for any.</summary>
    public string? GpuType { get; init; }

    /// <summary>Tasks of one array that run at the same time at most; null for as many as Slurm lets.</summary>
    public int? MaxTasks { get; init; }

    /// <summary>How often a task that failed is tried again.</summary>
    public int Retries { get; init; } = 1;

    /// <summary>Seconds before the time limit at which a training is told to save its checkpoint and make room.</summary>
    public int GraceSeconds { get; init; } = 120;

    /// <summary>Parts that a folder is divided into, each a task.</summary>
    public int Shards { get; init; } = 8;

    /// <summary>Further flags of sbatch, each as it would be written there, for example --exclusive.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>Lines of shell that run on the node before each task, for example "module load dotnet".</summary>
    public IReadOnlyList<string> Setup { get; init; } = [];

    /// <summary>The command that stands for "pipeline" on the nodes, for example "apptainer exec pipeline.sif pipeline"; null for the program that submits.</summary>
    public string? Command { get; init; }
}
