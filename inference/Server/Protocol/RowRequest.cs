using System.Text.Json;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Tables;

namespace OnnxPipeline.Inference.Server.Protocol;

/// <summary>Rows of a table in a request. One bad row fails the request.</summary>
internal static class RowRequest
{
    /// <summary>Reads CSV with headings, part by part.</summary>
    /// <exception cref="RowException">It is none of the model's, or a row is bad.</exception>
    public static IEnumerable<RowBatch> ReadCsv(ReadOnlyMemory<byte> body, TablePredictor predictor)
    {
        using var stream = new MemoryStream(body.ToArray(), writable: false);
        using var reader = new CsvRowReader(stream, "the body", predictor.Layout);
        var outcomes = new List<string?>();
        for (var more = true; more;)
        {
            var rows = new RowBatch(predictor.Layout, CsvPredictor.DefaultBatchSize);
            outcomes.Clear();
            more = reader.Fill(rows, outcomes, CsvPredictor.DefaultBatchSize);
            if (outcomes.Find(outcome => outcome is not null) is { } error) throw new RowException(error);
            yield return rows;
        }
    }

    /// <summary>Reads {"rows": [{column: value}]}, or one {column: value}.</summary>
    /// <returns>The rows, and whether one was asked for by itself.</returns>
    /// <exception cref="RequestException">400: no JSON, or not of this form.</exception>
    /// <exception cref="RowException">A row is bad.</exception>
    public static (RowBatch Rows, bool Single) ReadJson(ReadOnlyMemory<byte> body, TablePredictor predictor)
    {
        var (rows, single) = RequestJson.Read(body, root =>
        {
            if (root.ValueKind != JsonValueKind.Object) throw RequestException.BadRequest($"The request must be a JSON object, a row or {{\"rows\": [row, …]}}, but is {root.ValueKind}.");
            // A table may have a column "rows"; only a list is not a value of it.
            return root.TryGetProperty("rows", out var list) && list.ValueKind == JsonValueKind.Array
                ? (list.EnumerateArray().Select((row, i) => ReadRow(row, $"Row {i + 1}", predictor.Format.Decimal)).ToArray(), false)
                : ((Dictionary<string, string?>[])[ReadRow(root, "The row", predictor.Format.Decimal)], true);
        });
        return (WordRows.Read(predictor.Layout, rows), single);
    }

    private static Dictionary<string, string?> ReadRow(JsonElement row, string where, string decimalMark)
    {
        if (row.ValueKind != JsonValueKind.Object) throw RequestException.BadRequest($"{where} must be a JSON object of columns, but is {row.ValueKind}.");
        var words = new Dictionary<string, string?>();
        foreach (var property in row.EnumerateObject())
        {
            if (!words.TryAdd(property.Name, WordOf(property, where, decimalMark))) throw RequestException.BadRequest($"{where} gives the column '{property.Name}' twice.");
        }
        return words;
    }

    /// <summary>A value as a cell would have it.</summary>
    private static string? WordOf(JsonProperty property, string where, string decimalMark) => property.Value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => property.Value.GetString(),
        JsonValueKind.Number => property.Value.GetRawText().Replace(".", decimalMark, StringComparison.Ordinal),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        var kind => throw RequestException.BadRequest($"{where} has {kind} in the column '{property.Name}'; expected a string, a number, true, false or null."),
    };
}
