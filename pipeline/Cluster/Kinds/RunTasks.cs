using OnnxPipeline.Pipeline.Commands;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;

namespace OnnxPipeline.Pipeline.Cluster.Kinds;

/// <summary>
/// A run's tasks: a batch a stage. Each makes its stage from what those before it left in the store; the last finishes the run, whose
/// record tells of all of them as one process would have.
/// </summary>
internal sealed class RunTasks(JobRecord job, JobFolder folder, CliServices services) : IJobTasks
{
    /// <summary>The number of the one recipe in the job's folder.</summary>
    public const int RecipeNumber = 1;

    public Task RunAsync(Batch batch, int task, ProgressWriter progress, CancellationToken cancellation)
    {
        var remote = RemoteOption.Read(services);
        var orchestrator = new Orchestrator(folder.Artifacts, progress, services.Time, remote: remote);
        var made = new Dictionary<string, StageRecord>();
        foreach (var earlier in job.Batches.TakeWhile(b => b != batch))
            if (folder.Result(earlier.Name, task, RunJson.Default.StageRecord) is { } record) made[earlier.Name] = record;
        var request = Request() with { Made = made };
        if (batch == job.Batches[^1]) folder.Save(batch.Name, task, orchestrator.Run(request, cancellation), RunJson.Default.RunRecord);
        else folder.Save(batch.Name, task, orchestrator.RunStage(request, batch.Name, cancellation), RunJson.Default.StageRecord);
        return Task.CompletedTask;
    }

    /// <summary>What is to be run, as the job's folder has it.</summary>
    private RunRequest Request()
    {
        var recipe = SweepTasks.RecipeOf(folder, RecipeNumber, epochs: null);
        return new RunRequest(recipe, services.Stages(recipe, services.ForStages(job.DataMirror))) { Until = job.Run!.Until, Force = job.Run.Force };
    }
}
