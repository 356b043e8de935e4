using OnnxPipeline.Datasets;
using OnnxPipeline.Pipeline.Orchestration;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>"data": obtains a dataset, splits it, and writes it as memory-mapped tensors.</summary>
internal sealed class DataStage(DataOptions data, ulong seed, StageServices services) : IStage
{
    public const string StageName = "data";

    public string Name => StageName;

    public string CodeVersion => "1";

    public IReadOnlyList<string> Inputs => [];

    public object Options { get; } = new DataStageOptions(data, seed);

    public void Run(StageContext context)
    {
        var progress = new DownloadView(context.Progress);
        var files = DatasetBuilder.Build(data, seed, new SourceOptions { DataMirror = services.DataMirror }, context.Output, progress, context.Cancellation);
        foreach (var file in files) context.Progress.Note($"{file.File.Name} from {file.Origin}");
        using var dataset = Dataset.Open(context.Output);
        context.Progress.Note($"{dataset.Name}: {dataset.Train.Count} training, {dataset.Validation.Count} validation, {dataset.Test.Count} test samples, {dataset.Labels.Count} classes");
    }

    private sealed record DataStageOptions(DataOptions Data, ulong Seed);

    private sealed class DownloadView(IStageProgress progress) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => progress.Advance(new ProgressFacts(value.Received, value.Total ?? 0, "bytes", $"{value.File} from {value.Host}"));
    }
}
