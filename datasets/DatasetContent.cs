using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Datasets;

/// <summary>A whole dataset in memory, as a format's reader gives it and <see cref="DatasetWriter"/> takes it.</summary>
public sealed record DatasetContent
{
    /// <summary>For example "fashion-mnist".</summary>
    public required string Name { get; init; }

    /// <summary>Where the data came from, for people.</summary>
    public string Source { get; init; } = "";

    /// <summary>Class names, by class index; empty for a regression.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The columns of a table, whose features are "numeric" and "categorical"; empty for images.</summary>
    public IReadOnlyList<TableColumn> Columns { get; init; } = [];

    /// <summary>The heading of what a regression predicts; null for classes.</summary>
    public string? Target { get; init; }

    public required SampleSet Train { get; init; }

    /// <summary>Null when the dataset has no validation part of its own.</summary>
    public SampleSet? Validation { get; init; }

    public SampleSet? Test { get; init; }
}
