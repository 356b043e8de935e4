using System.Text;

namespace OnnxPipeline.Inference.Results;

/// <summary>CSV (RFC 4180).</summary>
internal sealed class CsvRowWriter(TextWriter output, ResultColumns columns) : RowWriter(output)
{
    public override void WriteHeader() => Output.Write(string.Join(',', columns.Columns.Select(c => Quote(c.Name))) + "\r\n");

    public override void Write(ResultRow row)
    {
        var ranked = columns.Rank(row);
        var line = new StringBuilder();
        foreach (var column in columns.Columns) line.Append(Quote(column.Text(ranked) ?? "")).Append(',');
        line.Length--;
        Output.Write(line.Append("\r\n"));
    }

    /// <summary>A field as CSV has it.</summary>
    internal static string Quote(string field) => field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"")}\"" : field;
}
