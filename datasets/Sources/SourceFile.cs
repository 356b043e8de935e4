namespace OnnxPipeline.Datasets.Sources;

/// <summary>One file of a dataset, as it is published.</summary>
/// <param name="Name">Its published name; ".gz" at the end means that it is published compressed.</param>
/// <param name="Length">Bytes of its uncompressed content, unless <see cref="SumOfPublished"/>.</param>
/// <param name="Sha256">SHA-256 of its uncompressed content, in hexadecimal: distributors recompress, so the compressed bytes differ; see <see cref="SumOfPublished"/> for the exception.</param>
public sealed record SourceFile(string Name, long Length, string Sha256)
{
    private const string Gzip = ".gz";

    /// <summary>
    /// True when <see cref="Length"/> and <see cref="Sha256"/> are of the published file itself, still compressed, as for an
    /// archive whose uncompressed sum nobody gives. An archive packed anew then cannot be told from another one, so that a data
    /// mirror's is taken whatever its sum: whoever names a mirror vouches for it. It is told and recorded, and the reader still checks its form.
    /// </summary>
    public bool SumOfPublished { get; init; }

    /// <summary>The names under which the file may lie in a folder: as published, or already unpacked.</summary>
    internal IEnumerable<string> LocalNames => Name.EndsWith(Gzip, StringComparison.Ordinal) ? [Name, Name[..^Gzip.Length]] : [Name];

    /// <summary>More bytes than any sensible compression of the content takes; a download that grows past it is something else.</summary>
    internal long MaxDownload => SumOfPublished ? Length : Length + (Length / 100) + 65536;
}
