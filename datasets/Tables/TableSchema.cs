using System.Globalization;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Datasets.Tables;

/// <summary>A column of the file that a model is given.</summary>
/// <param name="Profile">What was seen of it.</param>
/// <param name="Column">What it is taken for.</param>
internal sealed record SchemaColumn(ColumnProfile Profile, TableColumn Column)
{
    public ColumnSummary Summarize() => new()
    {
        Column = Column,
        Missing = Profile.Missing,
        Min = Column.Kind switch
        {
            ColumnKind.Number when Profile.TrainingValues > 0 => Profile.Range.Min.ToString(CultureInfo.InvariantCulture),
            ColumnKind.Date when Profile.TrainingValues > 0 => Text(Profile.Formats[0].Min),
            _ => null,
        },
        Max = Column.Kind switch
        {
            ColumnKind.Number when Profile.TrainingValues > 0 => Profile.Range.Max.ToString(CultureInfo.InvariantCulture),
            ColumnKind.Date when Profile.TrainingValues > 0 => Text(Profile.Formats[0].Max),
            _ => null,
        },
        Words = Column.Kind == ColumnKind.Category ? Math.Max(Profile.Words.Count, Column.Categories.Count) : 0,
    };

    private static string Text(DateTime date) => date.ToString(date.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}

/// <summary>What the columns of a user's table are taken for.</summary>
internal sealed class TableSchema
{
    /// <summary>As many different words and no other are an id, in a table of some size.</summary>
    private const int FewRows = 20;

    private readonly CsvOptions _options;
    private readonly List<SchemaColumn> _columns = [];
    private readonly List<string> _notes = [];
    private readonly List<string> _faults = [];

    private TableSchema(CsvOptions options) => _options = options;

    /// <summary>In the order of the file; columns without any value are not among them.</summary>
    public IReadOnlyList<SchemaColumn> Columns => _columns;

    /// <summary>What a user should know, each a sentence.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <exception cref="DatasetFormatException">A column cannot be of use; the message lists every one.</exception>
    public static TableSchema Of(CsvProfile profile, CsvOptions options)
    {
        var schema = new TableSchema(options);
        foreach (var column in profile.Columns) schema.Add(column);
        if (schema._faults.Count > 0) throw new DatasetFormatException($"{options.Path}: what to make of its columns is not clear:\n{string.Join("\n", schema._faults.Select(f => "  - " + f))}");
        if (schema._columns.Count == 0) throw new DatasetFormatException($"{options.Path}: no column has values but the target; expected one at least to predict from.");
        return schema;
    }

    private void Add(ColumnProfile profile)
    {
        if (profile.Values == 0 && profile.Given?.Meant is null)
        {
            _notes.Add($"column '{profile.Name}' is left out: it has no value");
            return;
        }
        var column = new TableColumn { Name = profile.Name, Kind = profile.Kind };
        _columns.Add(new SchemaColumn(profile, profile.Kind switch
        {
            ColumnKind.Category => column with { Categories = profile.Given?.Categories is { Count: > 0 } given ? given : CategoriesOf(profile) },
            ColumnKind.Date => DateOf(profile, column),
            _ => column,
        }));
    }

    private IReadOnlyList<string> CategoriesOf(ColumnProfile profile)
    {
        var words = profile.Words;
        var numbers = profile.FirstWord is { } first ? $" The first that is no number is {first}; if it stands for a missing value, add it to csv.missing." : "";
        if (profile.Given?.Meant is null && (words.Overflowed || (words.Count == profile.TrainingValues && words.Count > FewRows)))
        {
            var found = words.HasText ? $"has texts of more than {Vocabulary.MaxWordBytes:N0} bytes" : words.Overflowed ? $"has more than {words.Count:N0} different words" : $"has a different word in every one of {words.Count:N0} training rows";
            _faults.Add($"column '{profile.Name}' {found}: an id or free text, of which a model learns nothing. Name it in csv.ignore, or set its kind to category in csv.columns.{numbers}");
            return [];
        }
        if (words.Count > _options.MaxCategories)
        {
            var kept = words.MostFrequent(_options.MaxCategories).ToArray();
            var rare = profile.TrainingValues - kept.Sum(number => words.Counts[number]);
            _notes.Add($"column '{profile.Name}' keeps its {kept.Length:N0} most frequent words (csv.maxCategories) of {(words.Overflowed ? "more than " : "")}{words.Count:N0}; the others, in {rare:N0} of {profile.TrainingValues:N0} training rows, count as unknown");
            return [.. words.Ordered(kept).Select(number => words[number])];
        }
        return [.. words.Ordered().Select(number => words[number])];
    }

    private TableColumn DateOf(ColumnProfile profile, TableColumn column)
    {
        if (profile.Formats.Count == 0) return column with { Parts = PartsOf(profile, hasTime: false) };
        if (profile.Formats.Count > 1)
            _faults.Add($"column '{profile.Name}' has dates that read as {string.Join(" and as ", profile.Formats.Select(f => f.Name))}. Set its format in csv.columns.");
        var format = profile.Formats[0];
        return column with { Format = format.Format, Parts = PartsOf(profile, format.HasTime) };
    }

    private static IReadOnlyList<DatePart> PartsOf(ColumnProfile profile, bool hasTime) =>
        profile.Given is { Parts.Count: > 0 } given ? given.Parts
        : [DatePart.Year, DatePart.Month, DatePart.Day, DatePart.Weekday, .. hasTime ? [DatePart.Hour] : Array.Empty<DatePart>()];
}
