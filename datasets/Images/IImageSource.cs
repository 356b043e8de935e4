namespace OnnxPipeline.Datasets.Images;

/// <summary>A folder or an archive of files. Nothing of it is ever unpacked to disk.</summary>
internal interface IImageSource
{
    /// <summary>The path, as errors name it.</summary>
    string Path { get; }

    /// <summary>What lies in it, without reading the files.</summary>
    /// <exception cref="DatasetFormatException">It is damaged, or holds what it may not: names that lead outside, links, a name twice, a bomb.</exception>
    SourceListing List();

    /// <summary>Reads those files that are <paramref name="wanted"/>, by name, one after the other in the source's order.</summary>
    /// <exception cref="DatasetFormatException">It is damaged, or no longer what <see cref="List"/> found.</exception>
    IEnumerable<SourceItem> Read(Func<string, bool> wanted);

    /// <summary>SHA-256 of everything that decides what is read, in lower-case hexadecimal.</summary>
    string Fingerprint(CancellationToken cancellation);
}

/// <summary>Names with '/' between folders, relative to the source, in its own order; hidden ones are left out.</summary>
/// <param name="Files">Every regular file.</param>
/// <param name="Folders">Folders that the source states; those that only occur in names of files may be missing.</param>
internal sealed record SourceListing(IReadOnlyList<string> Files, IReadOnlyList<string> Folders);

/// <summary>A file that was read.</summary>
/// <param name="Name">As listed.</param>
/// <param name="Bytes">Its content; null when it cannot be read.</param>
/// <param name="Fault">Why it cannot be read; null when it can.</param>
internal sealed record SourceItem(string Name, byte[]? Bytes, string? Fault);
