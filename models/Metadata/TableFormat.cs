namespace OnnxPipeline.Models.Metadata;

/// <summary>How the rows of a table are written as text: what a model was trained on, and what its rows are read by in use.</summary>
public sealed record TableFormat
{
    /// <summary>What a table is taken for of which nothing is known.</summary>
    public static TableFormat Default { get; } = new();

    /// <summary>What stands between two fields, one ASCII character; null for the one of comma, semicolon, tab and bar that the first lines show.</summary>
    public string? Delimiter { get; init; }

    /// <summary>Whether the first row is the columns' headings; else they are "column1" and so on.</summary>
    public bool Header { get; init; } = true;

    /// <summary>How a file's characters are stored.</summary>
    public TextEncoding Encoding { get; init; }

    /// <summary>Words that say that a value is missing.</summary>
    public IReadOnlyList<string> Missing { get; init; } = ["", "?", "NA", "N/A", "NaN", "nan", "NULL", "null", "None"];

    /// <summary>The decimal mark of numbers: "." or ",".</summary>
    public string Decimal { get; init; } = ".";

    /// <summary>What groups the thousands of numbers, one character; null for nothing.</summary>
    public string? Thousands { get; init; }

    /// <summary>Headings of columns that rows may have and a model is not given: the target, and what training left out.</summary>
    public IReadOnlyList<string> Unused { get; init; } = [];
}
