using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace OnnxPipeline.Inference.Results;

/// <summary>JSON Lines: by default {"path", "label", "probability", "probabilities": {label: probability, best first}}, {"path", "value"} or {"path", "error"}; "row" instead of "path" for a table.</summary>
internal sealed class JsonRowWriter(TextWriter output, ResultColumns columns) : RowWriter(output)
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new();

    public override void Write(ResultRow row)
    {
        var ranked = columns.Rank(row);
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer, Readable))
        {
            json.WriteStartObject();
            foreach (var column in columns.Columns) column.Write(ranked, json);
            json.WriteEndObject();
        }
        Output.Write(Encoding.UTF8.GetString(_buffer.WrittenSpan) + '\n');
    }
}
