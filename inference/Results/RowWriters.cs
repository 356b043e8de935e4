using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace OnnxPipeline.Inference.Results;

/// <summary>Writes rows one by one, with the answer and the next best classes of each, or its value, so that memory stays flat.</summary>
/// <param name="output">Takes the rows; not closed.</param>
/// <param name="top">Classes a row, the answer first; 0 where rows have a value.</param>
public abstract class RowWriter(TextWriter output, int top)
{
    protected TextWriter Output { get; } = output;

    /// <summary>Classes a row, the answer first; 0 where rows have a value.</summary>
    protected int Top { get; } = top;

    public abstract void Write(ResultRow row);

    /// <summary>A probability with four digits: what a reader, and a float32 model, can stand behind.</summary>
    protected static string Format(float probability) => probability.ToString("0.0000");

    /// <summary>A value with the digits that tell it from any other float.</summary>
    protected static string FormatValue(float value) => value.ToString("R");
}

/// <summary>Columns for people: what the row is of, then each class with its probability, or the value; the first column is as wide as the longest so far.</summary>
public sealed class TextRowWriter(TextWriter output, int top) : RowWriter(output, top)
{
    private int _width;

    public override void Write(ResultRow row)
    {
        _width = Math.Max(_width, row.Key.Length);
        Output.WriteLine($"{row.Key.PadRight(_width)}  {Answer(row)}");
    }

    private string Answer(ResultRow row) => row.Error is not null ? $"error: {row.Error}"
        : row.Value is { } value ? FormatValue(value)
        : string.Join("  ", row.Prediction!.Ranked(Top).Select(c => $"{c.Label} {Format(c.Probability)}"));
}

/// <summary>CSV (RFC 4180) with a header: path or row, then label, probability, label2, probability2 … or value, then error.</summary>
public sealed class CsvRowWriter : RowWriter
{
    /// <param name="output">Takes the rows; not closed.</param>
    /// <param name="top">Classes a row, the answer first; 0 where rows have a value.</param>
    /// <param name="key">What the first column holds.</param>
    public CsvRowWriter(TextWriter output, int top, string key = "path") : base(output, top)
    {
        var classes = Enumerable.Range(1, top).SelectMany(i => i == 1 ? ["label", "probability"] : new[] { $"label{i}", $"probability{i}" });
        Output.Write($"{key},{(top > 0 ? string.Join(',', classes) : "value")},error\r\n");
    }

    public override void Write(ResultRow row)
    {
        var classes = row.Prediction?.Ranked(Top) ?? [];
        var line = new StringBuilder(Quote(row.Key));
        for (var i = 0; i < Top; i++) line.Append(i < classes.Count ? $",{Quote(classes[i].Label)},{Format(classes[i].Probability)}" : ",,");
        if (Top == 0) line.Append(',').Append(row.Value is { } value ? FormatValue(value) : "");
        line.Append(',').Append(Quote(row.Error ?? "")).Append("\r\n");
        Output.Write(line);
    }

    private static string Quote(string field) => field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"")}\"" : field;
}

/// <summary>JSON Lines: {"path", "label", "probability", "probabilities": {label: probability, best first}}, {"path", "value"} or {"path", "error"}; "row" instead of "path" for a table.</summary>
public sealed class JsonRowWriter(TextWriter output, int top) : RowWriter(output, top)
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Write(ResultRow row)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            row.WriteKey(json);
            if (row.Prediction is { } prediction)
            {
                json.WriteString("label", prediction.Top.Label);
                json.WriteNumber("probability", prediction.Top.Probability);
                json.WriteStartObject("probabilities");
                foreach (var best in prediction.Best(Top)) json.WriteNumber(best.Label, best.Probability);
                json.WriteEndObject();
            }
            else if (row.Value is { } value && float.IsFinite(value))
            {
                json.WriteNumber("value", value);
            }
            else if (row.Value is not null)
            {
                json.WriteNull("value");
            }
            else
            {
                json.WriteString("error", row.Error);
            }
            json.WriteEndObject();
        }
        Output.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }
}
