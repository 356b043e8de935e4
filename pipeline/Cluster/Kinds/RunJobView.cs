using OnnxPipeline.Pipeline.Commands;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Progress;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Cluster.Kinds;

/// <summary>Shows a run on a cluster as one on this machine shows itself.</summary>
internal sealed class RunJobView(JobRecord job, JobFolder folder, CliServices services) : JobView(job, folder, services)
{
    protected override IReadOnlyDictionary<(string Batch, int Task), TaskEnd> Watch(JobFollower follower, CancellationToken cancellation) =>
        RunView.Watch(Services, observer => follower.Follow(new Stages(Folder, observer), cancellation));

    protected override int Finish(IReadOnlyDictionary<(string Batch, int Task), TaskEnd> ends, JobOutput output, CancellationToken cancellation)
    {
        if (Folder.Result(Job.Batches[^1].Name, 1, RunJson.Default.RunRecord) is not { } run) return Cli.Failed;
        RunCommand.Print(run, Folder.Artifacts, output.Json, Services);
        return Cli.Done;
    }

    /// <summary>Tells an observer of stages what tasks do.</summary>
    private sealed class Stages(JobFolder folder, IRunObserver observer) : ITaskObserver
    {
        private readonly HashSet<string> _started = [];

        public void Noted(string line) => observer.StageNoted("slurm", line);

        public void Advanced(Batch batch, int task, TaskProgress progress)
        {
            if (progress.Stage == batch.Name && progress.Reason is { } reason && ArtifactKey.TryParse(progress.Key, out var key) && _started.Add(batch.Name))
            {
                observer.StageStarted(batch.Name, key, reason);
                observer.StageNoted(batch.Name, $"on {progress.Node}");
            }
            if (progress.Interrupted) observer.StageNoted(batch.Name, $"stopped on {progress.Node}; it goes on from its checkpoint");
            if (_started.Contains(batch.Name) && progress.Stage == batch.Name) observer.StageAdvanced(batch.Name, progress.Facts);
        }

        public void Ended(Batch batch, int task, TaskEnd end)
        {
            if (end.Failed) observer.StageStopped(batch.Name);
            else if (RecordOf(batch, task) is { } made && ArtifactKey.TryParse(made.Key, out var key))
            {
                if (made.Cached) observer.StageCached(batch.Name, key, made.Reason);
                else observer.StageFinished(batch.Name, key, TimeSpan.FromSeconds(made.Seconds));
            }
        }

        /// <summary>What a task recorded of its stage; the last one's is in the record of the run.</summary>
        private StageRecord? RecordOf(Batch batch, int task) =>
            folder.Result(batch.Name, task, RunJson.Default.StageRecord)
            ?? folder.Result(batch.Name, task, RunJson.Default.RunRecord)?.Stages.FirstOrDefault(s => s.Name == batch.Name);
    }
}
