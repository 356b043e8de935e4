using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace OnnxPipeline.Inference.Folders;

/// <summary>Writes rows one by one, with the best classes of each, so that memory stays flat.</summary>
public abstract class RowWriter(TextWriter output, int top)
{
    protected TextWriter Output { get; } = output;

    /// <summary>Classes a row, best first.</summary>
    protected int Top { get; } = top;

    public abstract void Write(FolderRow row);

    /// <summary>A probability with four digits: what a reader, and a float32 model, can stand behind.</summary>
    protected static string Format(float probability) => probability.ToString("0.0000");
}

/// <summary>Columns for people: path, then each class with its probability; paths are padded to the longest so far.</summary>
public sealed class TextRowWriter(TextWriter output, int top) : RowWriter(output, top)
{
    private int _width;

    public override void Write(FolderRow row)
    {
        _width = Math.Max(_width, row.Path.Length);
        var classes = row.Prediction?.Best(Top).Select(c => $"{c.Label} {Format(c.Probability)}");
        Output.WriteLine($"{row.Path.PadRight(_width)}  {(classes is null ? $"error: {row.Error}" : string.Join("  ", classes))}");
    }
}

/// <summary>CSV (RFC 4180) with a header: path, label, probability, label2, probability2 …, error.</summary>
public sealed class CsvRowWriter : RowWriter
{
    public CsvRowWriter(TextWriter output, int top) : base(output, top)
    {
        var classes = Enumerable.Range(1, top).SelectMany(i => i == 1 ? ["label", "probability"] : new[] { $"label{i}", $"probability{i}" });
        Output.Write($"path,{string.Join(',', classes)},error\r\n");
    }

    public override void Write(FolderRow row)
    {
        var classes = row.Prediction?.Best(Top) ?? [];
        var line = new StringBuilder(Quote(row.Path));
        for (var i = 0; i < Top; i++) line.Append(i < classes.Count ? $",{Quote(classes[i].Label)},{Format(classes[i].Probability)}" : ",,");
        line.Append(',').Append(Quote(row.Error ?? "")).Append("\r\n");
        Output.Write(line);
    }

    private static string Quote(string field) => field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"")}\"" : field;
}

/// <summary>JSON Lines: {"path", "label", "probability", "probabilities": {label: probability, best first}} or {"path", "error"}.</summary>
public sealed class JsonRowWriter(TextWriter output, int top) : RowWriter(output, top)
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Write(FolderRow row)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("path", row.Path);
            if (row.Prediction is { } prediction)
            {
                json.WriteString("label", prediction.Top.Label);
                json.WriteNumber("probability", prediction.Top.Probability);
                json.WriteStartObject("probabilities");
                foreach (var best in prediction.Best(Top)) json.WriteNumber(best.Label, best.Probability);
                json.WriteEndObject();
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
