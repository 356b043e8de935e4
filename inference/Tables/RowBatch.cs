using System.Globalization;
using System.Text;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Tables;

namespace OnnxPipeline.Inference.Tables;

/// <summary>Rows as a model is given them, filled field by field: [rows, numbers] and [rows, categories]. A row that failed is written over by the next.</summary>
/// <param name="layout">The columns.</param>
/// <param name="capacity">Room for as many rows.</param>
internal sealed class RowBatch(RowLayout layout, int capacity)
{
    private readonly int _numbersPerRow = layout.Numbers.Sum();
    private readonly int _categoriesPerRow = layout.Columns.Count(c => c.Kind == ColumnKind.Category);
    private readonly float[] _numbers = new float[capacity * layout.Numbers.Sum()];
    private readonly string[] _categories = new string[capacity * layout.Columns.Count(c => c.Kind == ColumnKind.Category)];
    private int _number;
    private int _category;

    /// <summary>Rows that are complete.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<float> Numbers => _numbers.AsSpan(0, Count * _numbersPerRow);

    public ReadOnlySpan<string> Categories => _categories.AsSpan(0, Count * _categoriesPerRow);

    /// <summary>Begins a row; its fields are then added in the order of the columns.</summary>
    public void Begin() => (_number, _category) = (Count * _numbersPerRow, Count * _categoriesPerRow);

    /// <summary>Adds the field of a column, UTF-8.</summary>
    /// <returns>What is wrong with it; null for nothing.</returns>
    public string? TryAdd(int column, ReadOnlySpan<byte> field)
    {
        var about = layout.Columns[column];
        if (field.Contains((byte)0)) return "there is a NUL character; expected text.";
        if (about.Kind == ColumnKind.Category)
        {
            _categories[_category++] = layout.Cells.IsMissing(field) ? "" : Encoding.UTF8.GetString(field);
            return null;
        }
        return layout.Cells.TryNumbers(about, field, Next(column)) ? null : $"'{CsvRecords.Shown(field)}' is {Expected(about)}. {Missing()}";
    }

    /// <summary>Adds a word of a column, blanks around it left out; null for a missing value, however such are written.</summary>
    /// <returns>What is wrong with it; null for nothing.</returns>
    public string? TryAdd(int column, string? word)
    {
        if (word is not null) return TryAdd(column, Encoding.UTF8.GetBytes(word.Trim()));
        if (layout.Columns[column].Kind == ColumnKind.Category) _categories[_category++] = "";
        else Next(column).Fill(float.NaN);
        return null;
    }

    /// <summary>Adds a value of a column, of a type that <see cref="RowProperties"/> lets pass; null for a missing one.</summary>
    /// <returns>What is wrong with it; null for nothing.</returns>
    public string? TryAdd(int column, object? value)
    {
        var about = layout.Columns[column];
        if (value is null or string || about.Kind == ColumnKind.Category) return TryAdd(column, (value as IFormattable)?.ToString(null, CultureInfo.InvariantCulture) ?? value?.ToString());
        var numbers = Next(column);
        switch (about.Kind)
        {
            case ColumnKind.Boolean:
                numbers[0] = (bool)value ? 1 : 0;
                return null;
            case ColumnKind.Date:
                // The time counts as it is written; an offset from UTC is left aside, as of a word.
                var date = value switch { DateTimeOffset moment => moment.DateTime, DateOnly day => day.ToDateTime(TimeOnly.MinValue), _ => (DateTime)value };
                for (var i = 0; i < numbers.Length; i++) numbers[i] = TableDate.Part(date, about.Parts[i]);
                return null;
            default:
                numbers[0] = Convert.ToSingle(value, CultureInfo.InvariantCulture);
                return float.IsInfinity(numbers[0]) ? $"{value} is beyond the range of 32-bit floats." : null;
        }
    }

    /// <summary>Completes the row.</summary>
    public void End() => Count++;

    public void Clear() => Count = 0;

    /// <summary>The numbers of the row's next column.</summary>
    private Span<float> Next(int column)
    {
        var numbers = _numbers.AsSpan(_number, layout.Numbers[column]);
        _number += numbers.Length;
        return numbers;
    }

    private string Expected(TableColumn column) => column.Kind switch
    {
        ColumnKind.Number => $"no number; expected one within the range of 32-bit floats, with '{layout.Format.Decimal}' before decimals{(layout.Format.Thousands is { } mark ? $" and '{mark}' between thousands" : "")}",
        ColumnKind.Boolean => "no boolean; expected true or false, yes or no, y or n, t or f, on or off, 1 or 0",
        _ => $"no date; expected {column.Format ?? "ISO 8601, for example 2026-01-31 or 2026-01-31T12:30"}",
    };

    private string Missing() => layout.Format.Missing.Count == 0 ? "A value may not be missing."
        : $"A missing value is {string.Join(", ", layout.Format.Missing.Select(word => word.Length == 0 ? "an empty field" : $"'{word}'"))}.";
}
