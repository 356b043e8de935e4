namespace OnnxPipeline.Datasets;

/// <summary>How far the download of one file is.</summary>
/// <param name="Dataset">The dataset, for example "mnist".</param>
/// <param name="File">The file's name.</param>
/// <param name="Host">The host it comes from.</param>
/// <param name="Received">Bytes on disk, those of earlier, broken-off transfers included.</param>
/// <param name="Total">Bytes of the whole file; null when the server does not say.</param>
public readonly record struct DownloadProgress(string Dataset, string File, string Host, long Received, long? Total);
