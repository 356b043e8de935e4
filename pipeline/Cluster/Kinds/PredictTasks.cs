using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Inference.Results;
using OnnxPipeline.Pipeline.Commands;
using OnnxPipeline.Pipeline.Orchestration;

namespace OnnxPipeline.Pipeline.Cluster.Kinds;

/// <summary>A folder run's tasks: the shards, each with a file of its own that it goes on with after a kill, and then the merge.</summary>
internal sealed class PredictTasks(PredictJobPlan plan, JobFolder folder) : IJobTasks
{
    public const string Shards = "shards";
    public const string Merge = "merge";

    /// <summary>The images' list in the job's folder, where all shards share one; none where the arguments name the images.</summary>
    public const string ListFile = "images.txt";

    /// <summary>The folder of the lists, where each shard has one.</summary>
    public const string ListFolder = "images";

    /// <summary>The list of a shard's images, below the job's folder.</summary>
    public static string ListOf(int shard) => Path.Combine(ListFolder, $"{shard}.txt");

    public async Task RunAsync(Batch batch, int task, ProgressWriter progress, CancellationToken cancellation)
    {
        if (batch.Name == Merge) MergeRows();
        else await Predict(batch, task, progress, cancellation);
    }

    private async Task Predict(Batch batch, int task, ProgressWriter progress, CancellationToken cancellation)
    {
        string[] list = File.Exists(folder.File(ListOf(task))) ? ["--list", folder.File(ListOf(task))]
            : [.. File.Exists(folder.File(ListFile)) ? ["--list", folder.File(ListFile)] : Array.Empty<string>(), "--shard", $"{task}/{batch.Tasks}"];
        Directory.CreateDirectory(folder.Task(batch.Name, task));
        var summary = await PredictCommand.RunAsync([.. plan.Arguments, .. list, "--out", RowsOf(task), "--resume"], new ShardProgress(progress), cancellation);
        folder.Save(batch.Name, task, summary.Counts, ClusterJson.Default.ResultCounts);
    }

    private void MergeRows()
    {
        var shards = folder.Record().Batches.First(b => b.Name == Shards).Tasks;
        ResultMerger.Merge([.. Enumerable.Range(1, shards).Select(RowsOf)], plan.Output);
    }

    private string RowsOf(int shard) => folder.TaskFile(Shards, shard, $"rows{plan.Extension}");

    private sealed class ShardProgress(ProgressWriter progress) : IProgress<FolderProgress>
    {
        void IProgress<FolderProgress>.Report(FolderProgress value) => progress.Advance(Shards, new ProgressFacts(value.Done, value.Total ?? 0, "images"));
    }
}
