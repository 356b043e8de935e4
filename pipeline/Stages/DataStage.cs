using OnnxPipeline.Datasets;
using OnnxPipeline.Datasets.Sources;
using OnnxPipeline.Pipeline.Orchestration;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>"data": obtains a dataset, splits it, and writes it as memory-mapped tensors.</summary>
internal sealed class DataStage(DataOptions data, ulong seed, StageServices services) : IStage
{
    public const string StageName = "data";

    public string Name => StageName;

    public string CodeVersion => "2";

    public IReadOnlyList<string> Inputs => [];

    public object Options { get; } = new DataStageOptions(data, seed, Unofficial(data, services));

    public void Run(StageContext context)
    {
        var progress = new DownloadView(context.Progress);
        var files = DatasetBuilder.Build(data, seed, new SourceOptions { DataMirror = services.DataMirror }, context.Output, progress, context.Cancellation);
        foreach (var note in NotesOf(files)) context.Progress.Note(note);
        using var dataset = Dataset.Open(context.Output);
        context.Progress.Note($"{dataset.Name}: {dataset.Train.Count} training, {dataset.Validation.Count} validation, {dataset.Test.Count} test samples, {(dataset.Target is { } target ? $"a regression of '{target.Name}'" : $"{dataset.Labels.Count} classes")}");
    }

    /// <summary>What was passed over and why, then where the files came from.</summary>
    internal static IEnumerable<string> NotesOf(IReadOnlyList<ObtainedFile> files) =>
    [
        .. files.SelectMany(f => f.Rejected).Select(rejected => $"passed over: {rejected}"),
        .. files.Where(f => f.UnofficialSha256 is not null).Select(f => $"not the official {f.File.Name}: the data mirror's has SHA-256 {f.UnofficialSha256}, the official one {f.File.Sha256}; figures on it are not comparable"),
        .. files.GroupBy(Place).Select(place => $"{(place.Count() is > 1 and var count && count == files.Count ? $"all {count} files" : string.Join(", ", place.Select(f => f.File.Name)))} {place.Key}"),
    ];

    private static IReadOnlyList<string> Unofficial(DataOptions data, StageServices services) =>
        DatasetRegistry.Contains(data.Dataset) ? DatasetSources.Unofficial(DatasetRegistry.Find(data.Dataset), new SourceOptions { DataMirror = services.DataMirror }) : [];

    private static string Place(ObtainedFile file)
    {
        var folder = Path.GetDirectoryName(file.Path);
        return file.Origin switch
        {
            SourceOrigin.Package => $"from the package folder {folder}",
            SourceOrigin.Mirror => $"from the data mirror {folder}",
            SourceOrigin.Cache => $"from the cache {folder}",
            _ => $"downloaded to {folder}",
        };
    }

    private sealed record DataStageOptions(DataOptions Data, ulong Seed, IReadOnlyList<string> Unofficial);

    private sealed class DownloadView(IStageProgress progress) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => progress.Advance(new ProgressFacts(value.Received, value.Total ?? 0, ByteSize.Unit, $"{value.File} from {value.Host}"));
    }
}
