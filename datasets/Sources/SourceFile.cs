namespace OnnxPipeline.Datasets.Sources;

/// <summary>One file of a dataset, as it is published.</summary>
/// <param name="Name">Its published name; ".gz" at the end means that it is published compressed.</param>
/// <param name="Length">Bytes of its uncompressed content.</param>
/// <param name="Sha256">SHA-256 of its uncompressed content, in hexadecimal: distributors recompress, so the compressed bytes differ.</param>
public sealed record SourceFile(string Name, long Length, string Sha256)
{
    private const string Gzip = ".gz";

    /// <summary>The names under which the file may lie in a folder: as published, or already unpacked.</summary>
    internal IEnumerable<string> LocalNames => Name.EndsWith(Gzip, StringComparison.Ordinal) ? [Name, Name[..^Gzip.Length]] : [Name];

    /// <summary>More bytes than any sensible compression of the content takes; a download that grows past it is something else.</summary>
    internal long MaxDownload => Length + (Length / 100) + 65536;
}
