using OnnxPipeline.Datasets.Sources;

namespace OnnxPipeline.Datasets;

/// <summary>A dataset the registry knows: where its files come from, and how they are read.</summary>
public sealed record DatasetDefinition
{
    /// <summary>What recipes call it; also its folder's name in the package folder, the data mirror and the cache.</summary>
    public required string Name { get; init; }

    /// <summary>One line on what it holds.</summary>
    public required string Summary { get; init; }

    /// <summary>Its home page or paper.</summary>
    public required string Source { get; init; }

    /// <summary>The files it is published as.</summary>
    public required IReadOnlyList<SourceFile> Files { get; init; }

    /// <summary>Folders of the official sites, each ending in '/', in the order they are tried.</summary>
    public required IReadOnlyList<Uri> Mirrors { get; init; }

    /// <summary>The Debian package that installs it under /usr/share/datasets; null where there is none.</summary>
    public string? DebianPackage { get; init; }

    /// <summary>Reads the dataset from <see cref="Files"/>, or, when there are none, from where its options say; null when <see cref="Write"/> does.</summary>
    public Func<DatasetReading, DatasetContent>? Read { get; init; }

    /// <summary>Writes the artifact into a folder piece by piece, for data that may be larger than memory; null when <see cref="Read"/> gives it whole.</summary>
    public Action<DatasetReading, string>? Write { get; init; }

    /// <summary>SHA-256 of a user's own data, which its options name in place of <see cref="Files"/>; null for a dataset that is published or made by its options.</summary>
    public Func<DataOptions, CancellationToken, string>? Fingerprint { get; init; }

    /// <summary>The options that decide the dataset beside the fingerprint: without the folders of a user's own data.</summary>
    public Func<DataOptions, DataOptions> Deciding { get; init; } = options => options;
}
