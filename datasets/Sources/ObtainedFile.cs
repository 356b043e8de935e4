namespace OnnxPipeline.Datasets.Sources;

/// <summary>Which layer of the source layers a file came from, in the order they are tried.</summary>
public enum SourceOrigin
{
    Package,
    Mirror,
    Cache,
    Download,
}

/// <summary>A file of a dataset on this machine, its content checked.</summary>
/// <param name="File">What was asked for.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="Origin">The layer it came from.</param>
/// <param name="Rejected">What earlier layers had under that name and why it was not used; empty as a rule.</param>
public sealed record ObtainedFile(SourceFile File, string Path, SourceOrigin Origin, IReadOnlyList<string> Rejected)
{
    /// <summary>The file's SHA-256 where it is not the official file but a data mirror's own (see <see cref="SourceFile.SumOfPublished"/>); null as a rule.</summary>
    public string? UnofficialSha256 { get; init; }
}
