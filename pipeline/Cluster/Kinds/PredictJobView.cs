using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Inference.Results;
using OnnxPipeline.Pipeline.Commands;
using OnnxPipeline.Pipeline.Progress;

namespace OnnxPipeline.Pipeline.Cluster.Kinds;

/// <summary>Shows a folder run on a cluster: the images of all shards together, and at its end what a local run says.</summary>
internal sealed class PredictJobView(JobRecord job, JobFolder folder, CliServices services) : JobView(job, folder, services)
{
    protected override IReadOnlyDictionary<(string Batch, int Task), TaskEnd> Watch(JobFollower follower, CancellationToken cancellation)
    {
        using var progress = new PredictionProgress(Services.Error, Services.Time, "images", Services.Interactive);
        return follower.Follow(new Images(Services.Error, progress), cancellation);
    }

    protected override int Finish(IReadOnlyDictionary<(string Batch, int Task), TaskEnd> ends, JobOutput output, CancellationToken cancellation)
    {
        var plan = Job.Predict!;
        var summary = new ResultSummary(plan.Low);
        foreach (var shard in Enumerable.Range(1, Job.Batches[0].Tasks))
        {
            if (Folder.Result(PredictTasks.Shards, shard, ClusterJson.Default.ResultCounts) is { } counts) summary.Add(counts);
        }
        PredictionText.Write(Services.Error, summary, "images", Services.Time.GetUtcNow() - Job.Created);
        var failed = ends.Values.Any(end => end.Failed);
        Services.Error.WriteLine(failed ? $"{plan.Output} was not written, since not every task succeeded; the same command goes on with what is there" : $"rows in {plan.Output}");
        return failed || summary.Failed > 0 ? Cli.Failed : Cli.Done;
    }

    /// <summary>Adds up the shards' images.</summary>
    private sealed class Images(TextWriter error, IProgress<FolderProgress> progress) : ITaskObserver
    {
        private readonly Dictionary<int, TaskProgress> _shards = [];

        public void Noted(string line) => error.WriteLine(line);

        public void Advanced(Batch batch, int task, TaskProgress shard)
        {
            if (batch.Name != PredictTasks.Shards) return;
            _shards[task] = shard;
            var total = _shards.Count == batch.Tasks && _shards.Values.All(s => s.Steps > 0) ? _shards.Values.Sum(s => s.Steps) : (long?)null;
            progress.Report(new FolderProgress(_shards.Values.Sum(s => s.Step), total));
        }

        public void Ended(Batch batch, int task, TaskEnd end)
        {
            if (batch.Name == PredictTasks.Shards) error.WriteLine($"shard {task} of {batch.Tasks}: {(end.Failed ? $"failed: {end.Reason}" : $"done in {end.Seconds:0.0} s")}");
        }
    }
}
