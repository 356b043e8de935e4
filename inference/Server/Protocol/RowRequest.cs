using System.Text.Json;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Tables;

namespace OnnxPipeline.Inference.Server.Protocol;

/// <summary>Rows of a table in a request, and the answers to them. One bad row fails the request.</summary>
internal static class RowRequest
{
    /// <summary>Reads CSV with headings.</summary>
    /// <exception cref="RowException">It is none of the model's, or a row is bad.</exception>
    public static IReadOnlyList<PredictResponse> ReadCsv(ReadOnlyMemory<byte> body, TablePredictor predictor)
    {
        using var stream = new MemoryStream(body.ToArray(), writable: false);
        return [.. new CsvPredictor(predictor).Predict(stream, "the body").Select(row => row.Error is { } error ? throw new RowException(error) : PredictResponse.Of(row))];
    }

    /// <summary>Reads {"rows": [{column: value}]}, or one {column: value}.</summary>
    /// <returns>The answers, and whether one row was asked for by itself.</returns>
    /// <exception cref="RequestException">400: no JSON, or not of this form.</exception>
    /// <exception cref="RowException">A row is bad.</exception>
    public static (IReadOnlyList<PredictResponse> Answers, bool Single) ReadJson(ReadOnlyMemory<byte> body, TablePredictor predictor)
    {
        var (rows, single) = RequestJson.Read(body, root =>
        {
            if (root.ValueKind != JsonValueKind.Object) throw RequestException.BadRequest($"The request must be a JSON object, a row or {{\"rows\": [row, …]}}, but is {root.ValueKind}.");
            // A table may have a column "rows"; only a list is not a value of it.
            return root.TryGetProperty("rows", out var list) && list.ValueKind == JsonValueKind.Array
                ? (list.EnumerateArray().Select((row, i) => ReadRow(row, $"Row {i + 1}", predictor.Format.Decimal)).ToArray(), false)
                : ((Dictionary<string, string?>[])[ReadRow(root, "The row", predictor.Format.Decimal)], true);
        });
        return (Answer(rows, predictor), single);
    }

    private static IReadOnlyList<PredictResponse> Answer(IReadOnlyList<IReadOnlyDictionary<string, string?>> rows, TablePredictor predictor) => predictor.Target is null
        ? [.. predictor.Predict(rows).Select(prediction => PredictResponse.Of(null, prediction))]
        : [.. predictor.PredictValue(rows).Select(PredictResponse.Of)];

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
