using OnnxPipeline.Datasets.Sources;

namespace OnnxPipeline.Datasets;

/// <summary>Where a dataset's files may come from. None of this changes the bytes of the dataset artifact, since every file is checked against its SHA-256; the one exception is told by <see cref="DatasetSources.Unofficial"/>.</summary>
public sealed record SourceOptions
{
    /// <summary>The environment variable that names a data mirror when <see cref="DataMirror"/> does not.</summary>
    public const string MirrorVariable = "ONNX_PIPELINE_DATA_MIRROR";

    /// <summary>A folder with one folder a dataset, for example DIR/mnist/train-images-idx3-ubyte.gz; null for <see cref="MirrorVariable"/>'s, or none.</summary>
    public string? DataMirror { get; init; }

    /// <summary>Where downloads are kept; null for $XDG_CACHE_HOME/onnx-pipeline, or ~/.cache/onnx-pipeline.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Where the operating system's packages put datasets.</summary>
    internal string PackageRoot { get; init; } = "/usr/share/datasets";

    internal Func<string, string?> GetEnvironment { get; init; } = Environment.GetEnvironmentVariable;

    internal DownloadPolicy Download { get; init; } = new();
}
