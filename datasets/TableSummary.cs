using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Datasets;

/// <summary>What a user's table holds, as it was read through once.</summary>
public sealed record TableSummary
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>What separates its fields.</summary>
    public required string Delimiter { get; init; }

    /// <summary>Rows with a target.</summary>
    public required long Rows { get; init; }

    /// <summary>Rows without one, which are left out.</summary>
    public required long Skipped { get; init; }

    /// <summary>Rows of the training, validation and test part.</summary>
    public required IReadOnlyList<long> Parts { get; init; }

    /// <summary>The heading of the column to predict.</summary>
    public required string Target { get; init; }

    public required TableTask Task { get; init; }

    /// <summary>The classes and how many rows each has; empty for a regression.</summary>
    public required IReadOnlyList<WordCount> Classes { get; init; }

    public required IReadOnlyList<ColumnSummary> Columns { get; init; }

    /// <summary>What a user should know of how it was read, each a sentence.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}

/// <summary>A word and how often it is there.</summary>
public sealed record WordCount(string Word, long Count);

/// <summary>A column of a user's table.</summary>
public sealed record ColumnSummary
{
    public required TableColumn Column { get; init; }

    /// <summary>Rows in which it has no value.</summary>
    public required long Missing { get; init; }

    /// <summary>The smallest number or first date of the training part; null for a category and for a boolean.</summary>
    public string? Min { get; init; }

    /// <summary>The largest number or last date of the training part.</summary>
    public string? Max { get; init; }

    /// <summary>The different words of a category in the training part; those beyond its categories count as unknown.</summary>
    public int Words { get; init; }
}
