using OnnxPipeline.Pipeline.Cluster.Kinds;

namespace OnnxPipeline.Pipeline.Cluster;

/// <summary>The kinds of jobs there are.</summary>
internal static class JobKinds
{
    public static IJobTasks TasksOf(JobRecord job, JobFolder folder, CliServices services) => job.Kind switch
    {
        JobKind.Sweep => new SweepTasks(job, folder, services),
        JobKind.Run => new RunTasks(job, folder, services),
        _ => new PredictTasks(job.Predict!, folder),
    };

    /// <summary>Follows a job to its end and says what a local run would have said.</summary>
    public static JobView ViewOf(JobRecord job, JobFolder folder, CliServices services) => job.Kind switch
    {
        JobKind.Sweep => new SweepJobView(job, folder, services),
        JobKind.Run => new RunJobView(job, folder, services),
        _ => new PredictJobView(job, folder, services),
    };
}
