using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Inference.Server.Protocol;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Inference.Server.OpenApi;

/// <summary>Requests that the models which are loaded now answer, for readers of the document to start from.</summary>
internal sealed class ModelExamples(ServedModels models)
{
    // Longer lists of zeros help nobody.
    private const int MostElements = 1024;

    private static readonly DateTime Day = new(2026, 1, 31);

    /// <summary>Tensors of zeros, one sample, for each model whose inputs are small.</summary>
    public IEnumerable<(string Model, JsonNode Value)> Tensors() => EachModel(model =>
    {
        if (model.Session.TakesFiles || model.Session.Inputs.Any(input => input.ElementType is null || ElementsOf(input) > MostElements)) return null;
        return new JsonObject { ["inputs"] = new JsonArray([.. model.Session.Inputs.Select(Describe)]) };
    });

    /// <summary>A row for each model of a table.</summary>
    public IEnumerable<(string Model, JsonNode Value)> Rows() => EachModel(model => model.Rows is not { } table ? null
        : new JsonObject { ["rows"] = new JsonArray(new JsonObject(table.Columns.Select(column => KeyValuePair.Create(column.Name, ValueOf(column))))) });

    private IEnumerable<(string Model, JsonNode Value)> EachModel(Func<ServedModel, JsonNode?> make)
    {
        foreach (var version in models.All.GroupBy(v => v.Source.Name).Select(versions => versions.Last()))
        {
            using var lease = version.TryLease();
            if (lease is not null && make(lease.Model) is { } example) yield return (version.Source.Name, example);
        }
    }

    private static long[] ShapeOf(TensorSpec input) => [.. input.Shape.Select(size => size >= 0 ? (long)size : 1)];

    private static long ElementsOf(TensorSpec input) => ShapeOf(input).Aggregate(1L, (a, b) => a * b);

    private static JsonObject Describe(TensorSpec input) => new()
    {
        ["name"] = input.Name,
        ["shape"] = new JsonArray([.. ShapeOf(input).Select(size => (JsonNode)size)]),
        ["datatype"] = DataTypes.NameOf(input.ElementType),
        ["data"] = new JsonArray([.. Enumerable.Range(0, (int)ElementsOf(input)).Select(_ => input.ElementType switch
        {
            TensorElementType.String => (JsonNode)"",
            TensorElementType.Bool => false,
            _ => 0,
        })]),
    };

    private static JsonNode? ValueOf(TableColumn column) => column.Kind switch
    {
        ColumnKind.Number => 1,
        ColumnKind.Boolean => true,
        ColumnKind.Category => column.Categories.Count > 0 ? column.Categories[0] : "",
        _ => Day.ToString(column.Format ?? "yyyy-MM-dd", CultureInfo.InvariantCulture),
    };
}
