using System.Text;
using OnnxPipeline.Datasets.Tables;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Datasets;

/// <summary>What a column of a CSV file is, where its values are not to decide that.</summary>
public sealed record CsvColumnOptions
{
    /// <summary>The column's heading; "column1" and so on in a file without one.</summary>
    public required string Name { get; init; }

    /// <summary>What its values are; null to let them decide.</summary>
    public ColumnKind? Kind { get; init; }

    /// <summary>The words of a category, in the order of their codes; every other word is unknown. Empty for those of the training part.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>The format of a date as .NET writes it, for example "dd.MM.yyyy"; null for ISO 8601, or what the values show.</summary>
    public string? Format { get; init; }

    /// <summary>What a model is given of a date; empty for year, month, day, weekday and, where there is a time of day, hour.</summary>
    public IReadOnlyList<DatePart> Parts { get; init; } = [];

    /// <summary>The kind that the options name or imply; null when the values decide.</summary>
    internal ColumnKind? Meant => Kind ?? (Categories.Count > 0 ? ColumnKind.Category : Format is not null || Parts.Count > 0 ? ColumnKind.Date : null);

    internal IEnumerable<string> Validate(string path)
    {
        if (Meant != ColumnKind.Category && Categories.Count > 0) yield return $"{path}.categories is given for a {Word(Meant)}; it is for a category. Leave one of them out.";
        if (Meant != ColumnKind.Date && (Format is not null || Parts.Count > 0)) yield return $"{path}.format and {path}.parts are given for a {Word(Meant)}; they are for a date. Leave them out.";
        if (Categories.Distinct().Count() < Categories.Count) yield return $"{path}.categories names a word twice; expected different words.";
        if (Categories.Any(word => word.Length == 0 || Encoding.UTF8.GetByteCount(word) > Vocabulary.MaxWordBytes)) yield return $"{path}.categories has a word that is empty or longer than {Vocabulary.MaxWordBytes:N0} bytes; expected words.";
        if (Parts.Distinct().Count() < Parts.Count) yield return $"{path}.parts names a part twice; expected each once.";
    }

    private static string Word(ColumnKind? kind) => kind?.ToString().ToLowerInvariant() ?? "column of no kind";
}
