using OnnxPipeline.Models.Tables;


namespace OnnxPipeline.Datasets.Tables;

/// <summary>What has been seen of a table's target, and what it is taken for.</summary>
/// <param name="column">Its place.</param>
/// <param name="task">What it is; null to go by its values.</param>
/// <param name="given">Whether the options say so.</param>
/// <param name="cells">Reads its fields.</param>
internal sealed class TargetColumn(int column, TableTask? task, bool given, CellReader cells)
{
    /// <summary>As many different numbers still are classes, unless the options say otherwise.</summary>
    private const int NumberClasses = 20;

    /// <summary>More classes than this are no classes.</summary>
    private const int MaxClasses = 10_000;

    private bool _numbers = true;

    /// <summary>The classes, in the order of their first rows; none for a regression.</summary>
    public Vocabulary Classes { get; } = new(MaxClasses);

    /// <summary>What it is taken for as yet. It changes once at most, from classes to numbers, when the values are to decide; all rows before must then be read again.</summary>
    public TableTask Task { get; private set; } = task ?? TableTask.Classification;

    /// <summary>The class of the row that is being read; 0 for a regression.</summary>
    public int Class { get; private set; }

    /// <summary>The value of the row that is being read; NaN for a class.</summary>
    public float Value { get; private set; } = float.NaN;

    /// <summary>Takes the target of the row that is being read, which is not missing.</summary>
    /// <exception cref="DatasetFormatException">It cannot be what the others are.</exception>
    public void Read(CsvRecords row)
    {
        var field = row[column];
        if (Task == TableTask.Regression)
        {
            if (!cells.TryNumber(field, out var value)) throw row.Error(column, $"the target is '{row.Shown(column)}'; expected a number within the range of 32-bit floats{(given ? "" : $", since it is numbers elsewhere and more than {NumberClasses} different ones. If they are classes, set csv.task to classification")}.");
            Value = value;
            return;
        }
        _numbers = _numbers && cells.TryNumber(field, out _);
        Class = Classes.Add(field);
        if (Class < 0) throw row.Error(column, $"'{row.Shown(column)}' is {(Classes.HasText ? $"longer than the {Vocabulary.MaxWordBytes:N0} bytes that a class's name may have" : $"one class more than {MaxClasses:N0}")}. Is '{row.Headings[column]}' really what to predict? For numbers, set csv.task to regression.");
        if (task is null && _numbers && Classes.Count > NumberClasses) Task = TableTask.Regression;
    }
}
