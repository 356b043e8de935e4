using System.Text;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>Rows in aligned columns, two spaces apart, for people and for awk.</summary>
internal sealed class TextTable(params string[] header)
{
    /// <summary>From this column on, cells are numbers and stand to the right.</summary>
    public int NumbersFrom { get; init; } = int.MaxValue;

    private readonly List<string[]> _rows = [header];

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        var widths = Enumerable.Range(0, header.Length).Select(column => _rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in _rows)
        {
            var line = string.Join("  ", row.Select((cell, column) => column < NumbersFrom ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd();
            text.Append(line).Append('\n');
        }
        return text.ToString();
    }
}
