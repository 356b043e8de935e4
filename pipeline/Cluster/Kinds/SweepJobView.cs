using OnnxPipeline.Pipeline.Commands;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Progress;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Sweeps;

namespace OnnxPipeline.Pipeline.Cluster.Kinds;

/// <summary>Shows a sweep on a cluster as one on this machine shows itself, and leaves the same table, record and report.</summary>
internal sealed class SweepJobView(JobRecord job, JobFolder folder, CliServices services) : JobView(job, folder, services)
{
    private readonly SweepTrialsOfJob _trials = new(job, folder);

    protected override IReadOnlyDictionary<(string Batch, int Task), TaskEnd> Watch(JobFollower follower, CancellationToken cancellation) =>
        SweepView.Watch(Services, Job.Batches.Sum(b => b.Tasks), observer => follower.Follow(new Trials(Job, Folder, _trials, observer), cancellation));

    protected override int Finish(IReadOnlyDictionary<(string Batch, int Task), TaskEnd> ends, JobOutput output, CancellationToken cancellation)
    {
        var runs = new TrialRuns(Services, Folder.Artifacts, Job.DataMirror, Environment.ProcessorCount);
        var rerun = ShellText.Line(["pipeline", "run", Job.Title, "--artifacts", Folder.Artifacts]);
        var outcome = new SweepOutcome(_trials.Record(ends), runs, rerun, _trials.SetsOf, Services);
        return outcome.Show(output.Json, output.PublishBest ? number => SweepTasks.RecipeOf(Folder, number, epochs: null) : null, cancellation);
    }

    /// <summary>Tells an observer of trials what tasks do.</summary>
    private sealed class Trials(JobRecord job, JobFolder folder, SweepTrialsOfJob trials, ISweepObserver observer) : ITaskObserver
    {
        private readonly Dictionary<(string, int), (TrialRecord Trial, IRunObserver View, TaskProgress Last)> _running = [];
        private readonly int _tasks = job.Batches.Sum(b => b.Tasks);
        private int _ended;

        public void Noted(string line) => observer.Noted(line);

        public void Advanced(Batch batch, int task, TaskProgress progress)
        {
            if (!_running.TryGetValue((batch.Name, task), out var running))
            {
                if (TrialOf(batch, task) is not { } begun) return;
                running = (begun, observer.TrialStarted(begun.Number, $"{trials.ValuesOf(begun)} on {progress.Node}"), new TaskProgress { Node = "", Process = 0, Start = 0 });
            }
            var trial = running.Trial;
            if (progress.Interrupted && !running.Last.Interrupted) observer.Noted($"trial {trial.Number}: stopped on {progress.Node}; it goes on from its checkpoint");
            if (progress.Start > 1 && progress.Start != running.Last.Start) observer.Noted($"trial {trial.Number}: start {progress.Start} on {progress.Node}");
            if (progress.Stage.Length > 0 && progress.Stage != running.Last.Stage) running.View.StageStarted(progress.Stage, default, new StageReason(ReasonKind.InputFirst, ""));
            running.View.StageAdvanced(progress.Stage, progress.Facts);
            _running[(batch.Name, task)] = running with { Last = progress };
        }

        public void Ended(Batch batch, int task, TaskEnd end)
        {
            _ended++;
            if (TrialOf(batch, task) is not { } trial) return;
            if (!_running.ContainsKey((batch.Name, task))) observer.TrialStarted(trial.Number, trials.ValuesOf(trial));
            var record = end.Failed ? trial with { Status = TrialStatus.Failed, Reason = end.Reason }
                : folder.Result(batch.Name, task, SweepJson.Default.TrialRecord) ?? trial with { Status = TrialStatus.Failed, Reason = "its result does not read" };
            observer.TrialEnded(record, trials.ValuesOf(trial), _ended, _tasks);
        }

        /// <summary>Null for a task of a rung that has more tasks than trials that went on.</summary>
        private TrialRecord? TrialOf(Batch batch, int task) => trials.TrialOf(job.Batches.ToList().IndexOf(batch), task);
    }
}
