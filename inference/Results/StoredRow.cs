using System.Globalization;
using System.Text;
using System.Text.Json;

namespace OnnxPipeline.Inference.Results;

/// <summary>What a row that was written says of itself, as far as its columns hold it.</summary>
internal readonly record struct StoredRow(string Key, string? Label, float? Probability, string? Error)
{
    /// <summary>Reads a row.</summary>
    /// <param name="bytes">With its end.</param>
    /// <param name="format">CSV or JSON Lines.</param>
    /// <param name="columns">The columns it should have.</param>
    /// <param name="key">The column that tells it from the others.</param>
    /// <exception cref="FormatException">It is no row of those columns.</exception>
    public static StoredRow Parse(ReadOnlySpan<byte> bytes, RowFormat format, IReadOnlyList<string> columns, string key)
    {
        var cells = format == RowFormat.Csv ? CsvCells(bytes, columns) : JsonCells(bytes, columns);
        float? probability = float.TryParse(cells.GetValueOrDefault("probability"), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
        return new StoredRow(
            cells.GetValueOrDefault(key) ?? throw new FormatException($"it has no {key}"),
            NotEmpty(cells.GetValueOrDefault("label")), probability, NotEmpty(cells.GetValueOrDefault("error")));
    }

    /// <summary>The fields of a row as <see cref="CsvRowWriter"/> writes it.</summary>
    internal static IReadOnlyList<string> Fields(ReadOnlySpan<byte> bytes)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var (quoted, last) = (false, ',');
        foreach (var c in Encoding.UTF8.GetString(bytes).AsSpan().TrimEnd("\r\n"))
        {
            if (c == '"')
            {
                // A doubled one closes and opens again: it is kept the second time.
                if (!quoted && last == '"') field.Append(c);
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
            last = c;
        }
        fields.Add(field.ToString());
        return fields;
    }

    private static Dictionary<string, string> CsvCells(ReadOnlySpan<byte> bytes, IReadOnlyList<string> columns)
    {
        var fields = Fields(bytes);
        return fields.Count == columns.Count ? columns.Zip(fields).ToDictionary(c => c.First, c => c.Second) : throw new FormatException($"it has {fields.Count} fields; expected {columns.Count}");
    }

    private static Dictionary<string, string> JsonCells(ReadOnlySpan<byte> bytes, IReadOnlyList<string> columns)
    {
        try
        {
            var cells = new Dictionary<string, string>();
            var json = new Utf8JsonReader(bytes);
            using var row = JsonDocument.ParseValue(ref json);
            if (row.RootElement.ValueKind != JsonValueKind.Object) throw new FormatException("it is no object");
            foreach (var property in row.RootElement.EnumerateObject())
            {
                if (!columns.Contains(property.Name)) throw new FormatException($"it has the column '{property.Name}'; expected {string.Join(", ", columns)}");
                cells[property.Name] = property.Value.ToString();
            }
            return cells;
        }
        catch (JsonException exception)
        {
            throw new FormatException("it is no JSON", exception);
        }
    }

    private static string? NotEmpty(string? cell) => string.IsNullOrEmpty(cell) ? null : cell;
}
