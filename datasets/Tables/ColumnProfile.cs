using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Tables;

namespace OnnxPipeline.Datasets.Tables;

/// <summary>
/// What has been seen of a column. Kinds go by all rows, so that none fails later; words and ranges by those of the training part.
/// Its memory has a bound: words are counted up to a limit, and a column of more than <see cref="CertainWords"/> different numbers or dates is taken for certain.
/// </summary>
/// <param name="column">Its place.</param>
/// <param name="name">Its heading.</param>
/// <param name="given">What the options say of it.</param>
/// <param name="cells">Reads its fields.</param>
/// <param name="maxCategories">Words that a category keeps.</param>
internal sealed class ColumnProfile(int column, string name, CsvColumnOptions? given, CellReader cells, int maxCategories)
{
    private const int CertainWords = 1000;

    /// <summary>Words counted at least; beyond, rare ones could not be told from frequent ones any more.</summary>
    private const int MinWords = 10_000;

    private readonly ColumnKind? _meant = given?.Meant;
    private bool _number = true;
    private bool _boolean = true;
    private bool _date = true;
    private bool _certain;
    private List<DateCandidate>? _formats = given is { Format: { } format } ? [new(format)] : null;

    public int Column => column;

    public string Name => name;

    public CsvColumnOptions? Given => given;

    public long Missing { get; private set; }

    /// <summary>Values that are not missing.</summary>
    public long Values { get; private set; }

    /// <summary>Those of them in the training part.</summary>
    public long TrainingValues { get; private set; }

    /// <summary>The words of the training part; not all of them where the column is certain to be numbers or dates.</summary>
    public Vocabulary Words { get; } = new((int)Math.Min(Array.MaxLength, Math.Max(MinWords, 4L * maxCategories)));

    /// <summary>The smallest and the largest number of the training part.</summary>
    public (float Min, float Max) Range { get; private set; } = (float.PositiveInfinity, float.NegativeInfinity);

    /// <summary>The formats that every value has.</summary>
    public IReadOnlyList<DateCandidate> Formats => _formats ?? [];

    /// <summary>The first value that is no number, with its line; null where all are.</summary>
    public string? FirstWord { get; private set; }

    /// <summary>What the options say the values are, or else what they all can be; a category when nothing else.</summary>
    public ColumnKind Kind => _meant ?? (_number ? ColumnKind.Number : _boolean ? ColumnKind.Boolean : _date ? ColumnKind.Date : ColumnKind.Category);

    /// <summary>Takes the field of the row that is being read.</summary>
    /// <exception cref="DatasetFormatException">It cannot be what the column is, by the options or for certain.</exception>
    public void Add(CsvRecords row, bool training)
    {
        var field = row[column];
        if (cells.IsMissing(field))
        {
            Missing++;
            return;
        }
        Values++;
        if (training) TrainingValues++;
        switch (_meant)
        {
            case ColumnKind.Number when !TakeNumber(field, training):
                throw row.Error(column, $"'{row.Shown(column)}' is no number within the range of 32-bit floats, which csv.columns says the column is. If it stands for a missing value, add it to csv.missing; see csv.decimal and csv.thousands.");
            case ColumnKind.Boolean when !CellReader.TryBoolean(field, out _):
                throw row.Error(column, $"'{row.Shown(column)}' is no boolean, which csv.columns says the column is; expected true or false, yes or no, y or n, t or f, on or off, 1 or 0.");
            case ColumnKind.Date when !TakeDate(field, training):
                throw row.Error(column, $"'{row.Shown(column)}' is no date {(given!.Format is { } format ? $"of the format {format}" : "of one format that all values have")}, which csv.columns says the column is. Set the column's format.");
            case ColumnKind.Category when training && given!.Categories.Count == 0:
                Words.Add(field);
                break;
            case null:
                Infer(row, field, training);
                break;
        }
    }

    private void Infer(CsvRecords row, ReadOnlySpan<byte> field, bool training)
    {
        if (_number && !TakeNumber(field, training))
        {
            _number = false;
            FirstWord = $"'{row.Shown(column)}' in line {row.Line}";
        }
        _boolean = _boolean && CellReader.TryBoolean(field, out _);
        _date = _date && TakeDate(field, training);
        if (_certain && !_number && !_date)
            throw row.Error(column, $"'{row.Shown(column)}' is {(FirstWord is null ? "no date" : "no number within the range of 32-bit floats")}, as the {Values - 1:N0} values before it are. If it stands for a missing value, add it to csv.missing; else set the column's kind in csv.columns, or name it in csv.ignore.");
        if (_certain || !training) return;
        Words.Add(field);
        _certain = (_number || _date) && Words.Count > CertainWords;
    }

    private bool TakeNumber(ReadOnlySpan<byte> field, bool training)
    {
        if (!cells.TryNumber(field, out var number)) return false;
        if (training) Range = (Math.Min(Range.Min, number), Math.Max(Range.Max, number));
        return true;
    }

    private bool TakeDate(ReadOnlySpan<byte> field, bool training)
    {
        _formats ??= [.. DateFormats.All.Select(candidate => new DateCandidate(candidate))];
        for (var i = _formats.Count - 1; i >= 0; i--)
        {
            if (CellReader.TryDate(field, _formats[i].Format, out var date)) _formats[i].Add(date, training);
            else _formats.RemoveAt(i);
        }
        return _formats.Count > 0;
    }
}
