using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Datasets;

/// <summary>A user's own table: a CSV or TSV file (RFC 4180), plain or gzipped, read twice row by row, so that it may be larger than memory.</summary>
public sealed record CsvOptions
{
    /// <summary>The file. A relative path starts from the recipe's folder, or, given by --set, from the current one.</summary>
    public required string Path { get; init; }

    /// <summary>The heading of the column to predict; "column1" and so on in a file without one.</summary>
    public required string Target { get; init; }

    /// <summary>What stands between two fields, one ASCII character; null for the one of comma, semicolon, tab and bar that the first lines show.</summary>
    public string? Delimiter { get; init; }

    /// <summary>Whether the first row is the columns' headings.</summary>
    public bool Header { get; init; } = true;

    /// <summary>How characters are stored.</summary>
    public TextEncoding Encoding { get; init; }

    /// <summary>What the target is; null for a regression where it is numbers, more than 20 different ones, and else classes.</summary>
    public TableTask? Task { get; init; }

    /// <summary>Columns whose values are not to decide what they are.</summary>
    public IReadOnlyList<CsvColumnOptions> Columns { get; init; } = [];

    /// <summary>Headings of columns that are left out.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>Words that say that a value is missing.</summary>
    public IReadOnlyList<string> Missing { get; init; } = TableFormat.Default.Missing;

    /// <summary>Leaves rows out whose target is missing; else they are an error.</summary>
    public bool SkipMissingTarget { get; init; }

    /// <summary>The decimal mark of numbers: "." or ",".</summary>
    public string Decimal { get; init; } = ".";

    /// <summary>What groups the thousands of numbers, one character; null for nothing.</summary>
    public string? Thousands { get; init; }

    /// <summary>Words that a category keeps, the most frequent ones of the training part; rarer ones are unknown.</summary>
    public int MaxCategories { get; init; } = 1000;

    /// <summary>Share of the rows held out for testing, by class, the same ones for every seed, in [0, 1).</summary>
    public double Test { get; init; } = 0.15;

    /// <summary>How the file's rows are written.</summary>
    internal TableFormat ToFormat() => new() { Delimiter = Delimiter, Header = Header, Encoding = Encoding, Missing = Missing, Decimal = Decimal, Thousands = Thousands };

    /// <summary>Every fault of these options, each a sentence; empty when there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (string.IsNullOrWhiteSpace(Path)) faults.Add("csv.path is empty; expected a CSV or TSV file, plain or gzipped.");
        if (string.IsNullOrEmpty(Target)) faults.Add("csv.target is empty; expected the heading of the column to predict.");
        if (Delimiter is not null && (Delimiter.Length != 1 || !char.IsAscii(Delimiter[0]) || Delimiter[0] is '"' or '\r' or '\n' or '\0')) faults.Add($"csv.delimiter is '{Delimiter}'; expected one ASCII character, for example ';' or a tab (\"\\t\").");
        if (!Enum.IsDefined(Encoding)) faults.Add($"csv.encoding is {Encoding}; expected one of {string.Join(", ", Enum.GetNames<TextEncoding>())}.");
        if (Decimal is not ("." or ",")) faults.Add($"csv.decimal is '{Decimal}'; expected '.' or ','.");
        if (Thousands is not null && (Thousands.Length != 1 || !char.IsAscii(Thousands[0]) || char.IsAsciiLetterOrDigit(Thousands[0]) || Thousands == Decimal || Thousands[0] is '-' or '+')) faults.Add($"csv.thousands is '{Thousands}'; expected one character that is no letter, digit or sign and not the decimal mark, for example ',' or a blank.");
        if (Delimiter == Decimal && Decimal == ",") faults.Add("csv.delimiter and csv.decimal are both ','; every number would need quotes. Set delimiter to what the file has, as a rule ';'.");
        if (MaxCategories < 1) faults.Add($"csv.maxCategories is {MaxCategories}; expected 1 or more.");
        if (!(Test is >= 0 and < 1)) faults.Add($"csv.test is {Test}; expected a share of the rows in [0, 1), for example 0.15.");
        foreach (var name in Columns.GroupBy(c => c.Name).Where(g => g.Count() > 1)) faults.Add($"csv.columns describes '{name.Key}' {name.Count()} times; expected once.");
        foreach (var column in Columns.Where(c => Ignore.Contains(c.Name))) faults.Add($"csv.columns describes '{column.Name}', which csv.ignore leaves out; expected one or the other.");
        if (Ignore.Contains(Target)) faults.Add($"csv.ignore leaves out '{Target}', which is the target.");
        for (var i = 0; i < Columns.Count; i++) faults.AddRange(Columns[i].Validate($"csv.columns.{i}"));
        return faults;
    }
}
