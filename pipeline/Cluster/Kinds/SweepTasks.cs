using OnnxPipeline.Pipeline.Commands;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Sweeps;

namespace OnnxPipeline.Pipeline.Cluster.Kinds;

/// <summary>A sweep's tasks: each a trial, run as a local sweep runs it, on the store that all nodes share.</summary>
internal sealed class SweepTasks(JobRecord job, JobFolder folder, CliServices services) : IJobTasks
{
    public Task RunAsync(Batch batch, int task, ProgressWriter progress, CancellationToken cancellation)
    {
        var rung = job.Batches.ToList().IndexOf(batch);
        var trials = new SweepTrialsOfJob(job, folder);
        if (trials.TrialOf(rung, task) is not { } trial)
        {
            services.Error.WriteLine("fewer trials of the rung before went on, since some failed; there is nothing to do for this task");
            return Task.CompletedTask;
        }
        services.Error.WriteLine($"trial {trial.Number}: {trials.ValuesOf(trial)}");
        var remote = RemoteOption.Read(services);
        var runs = new TrialRuns(services, folder.Artifacts, job.DataMirror, Environment.ProcessorCount, remote);
        var finished = runs.Run(RecipeOf(folder, trial.Number, trial.Budget), $"trial {trial.Number} of sweep {job.Sweep!.SweepId}", progress, cancellation);
        folder.Save(batch.Name, task, finished.Complete(trial), SweepJson.Default.TrialRecord);
        return Task.CompletedTask;
    }

    /// <summary>The recipe of a trial, with the epochs of its rung.</summary>
    public static Recipe RecipeOf(JobFolder folder, int trial, int? epochs)
    {
        var path = folder.Recipe(trial);
        var recipe = RecipeDocument.ReadText(path, File.ReadAllText(path)).Bind(Array.Empty<string>());
        return epochs is { } budget ? recipe with { Train = recipe.Train with { Epochs = budget } } : recipe;
    }
}
