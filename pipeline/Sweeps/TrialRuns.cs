using System.Text.Json;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Training.Loop;

namespace OnnxPipeline.Pipeline.Sweeps;

/// <summary>A trial's run, and the figures of its epochs.</summary>
internal sealed record FinishedTrial(RunRecord Run, IReadOnlyList<EpochMetrics> Epochs)
{
    /// <summary>A trial's record with what the run came to.</summary>
    public TrialRecord Complete(TrialRecord begun) => begun with
    {
        RunId = Run.Id,
        Metrics = Run.Metrics,
        Epochs = Epochs,
        Seconds = Math.Round(Run.Stages.Sum(s => s.Seconds), 3),
    };
}

/// <summary>Runs trials with the orchestrator that everything is run with.</summary>
/// <param name="services">The world.</param>
/// <param name="artifacts">Where artifacts, runs and the store are.</param>
/// <param name="mirror">Where dataset files are taken from first; null for their official place.</param>
/// <param name="threads">Threads of a trial whose recipe does not say.</param>
/// <param name="remote">A store shared with other machines; null for none.</param>
internal sealed class TrialRuns(CliServices services, string artifacts, string? mirror, int threads, RunRemote? remote = null)
{
    private readonly RunFiles _files = new(artifacts);

    public string Artifacts => artifacts;

    public FinishedTrial Run(Recipe recipe, string aside, IRunObserver observer, CancellationToken cancellation)
    {
        // Threads are no part of any key, so the record keeps the recipe's own.
        var shared = recipe.Train.Threads > 0 ? recipe : recipe with { Train = recipe.Train with { Threads = threads } };
        var run = new Orchestrator(artifacts, observer, services.Time, remote: remote).Run(new RunRequest(recipe, [.. services.Stages(shared, services.ForStages(mirror)).Where(s => s.Name != ReportStage.StageName)]) { Aside = aside }, cancellation);
        var history = _files.Find(run, TrainStage.StageName, TrainStage.HistoryFile);
        return new FinishedTrial(run, history is null ? [] : JsonSerializer.Deserialize(File.ReadAllText(history), StageJson.Default.TrainingHistory)!.Epochs);
    }

    /// <summary>Runs a trial's recipe as the recipe's own run: all of it is cached but what only such a run has.</summary>
    public void Publish(Recipe recipe, IRunObserver observer, CancellationToken cancellation) =>
        new Orchestrator(artifacts, observer, services.Time, remote: remote).Run(new RunRequest(recipe, services.Stages(recipe, services.ForStages(mirror))), cancellation);
}
