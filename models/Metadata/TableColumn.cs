using System.Text.Json.Serialization;

namespace OnnxPipeline.Models.Metadata;

/// <summary>What the values of a table's column are.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ColumnKind>))]
public enum ColumnKind
{
    Number,

    /// <summary>Yes or no; a number, 1 or 0, to a model.</summary>
    Boolean,

    /// <summary>One of some words.</summary>
    Category,

    /// <summary>A date, with or without a time of day; to a model as many numbers as it has <see cref="TableColumn.Parts"/>.</summary>
    Date,
}

/// <summary>A number that is read off a date.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DatePart>))]
public enum DatePart
{
    Year,

    /// <summary>1 to 12.</summary>
    Month,

    /// <summary>1 to 31.</summary>
    Day,

    /// <summary>0 for Monday to 6 for Sunday.</summary>
    Weekday,

    /// <summary>Hours since midnight, fractions included.</summary>
    Hour,
}

/// <summary>A column of a table, as the rows have it.</summary>
public sealed record TableColumn
{
    /// <summary>Its heading; unique in the table.</summary>
    public required string Name { get; init; }

    public required ColumnKind Kind { get; init; }

    /// <summary>The words of a category; the code of each is its place from 1, and code 0 is for any other word and for none.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>The word of a category's code; empty for code 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such code.</exception>
    public string WordOf(long code) => code == 0 ? "" : Categories[checked((int)code - 1)];

    /// <summary>What a date gives, in this order.</summary>
    public IReadOnlyList<DatePart> Parts { get; init; } = [];

    /// <summary>The date's format as .NET writes it, for example "yyyy-MM-dd"; null for ISO 8601.</summary>
    public string? Format { get; init; }

    /// <summary>Names of the numbers that a model is given for this column; empty for a category.</summary>
    [JsonIgnore]
    public IEnumerable<string> Numbers => Kind switch
    {
        ColumnKind.Category => [],
        ColumnKind.Date => Parts.Select(part => $"{Name}.{part.ToString().ToLowerInvariant()}"),
        _ => [Name],
    };
}
