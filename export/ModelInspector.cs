using OnnxPipeline.Export.Inspection;
using OnnxPipeline.Export.Signatures;
using OnnxPipeline.Export.Verification;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export;

/// <summary>Looks a model from anywhere over, without running it.</summary>
public static class ModelInspector
{
    /// <summary>The newest version of the standard operator set whose operators are known here.</summary>
    public const long NewestOpset = 23;

    private const string StandardDomain = "ai.onnx";
    private const double Sparse = 0.5;

    public static InspectReport Inspect(Model model)
    {
        var graph = model.Graph;
        var problems = Problems(model);
        var summary = problems.Count == 0 ? ModelSummary.Of(model) : null;
        var zeros = Zeros(graph).ToArray();
        return new InspectReport
        {
            Graph = graph.Name,
            Producer = $"{model.ProducerName} {model.ProducerVersion}".Trim(),
            Description = model.Description,
            IrVersion = model.IrVersion,
            Opsets = model.Opsets.ToDictionary(o => o.Key.Length == 0 ? StandardDomain : o.Key, o => o.Value),
            Inputs = [.. graph.RequiredInputs.Select(i => i.ToString())],
            Outputs = [.. graph.Outputs.Select(o => o.ToString())],
            Nodes = graph.Nodes.Count,
            Operators = [.. graph.Nodes.GroupBy(n => n.QualifiedOpType).Select(g => new OperatorCount(g.Key, g.Count())).OrderByDescending(o => o.Count).ThenBy(o => o.Operator, StringComparer.Ordinal)],
            Parameters = summary?.Parameters,
            MultiplyAdds = summary?.MultiplyAdds,
            Weights = [.. graph.Initializers.GroupBy(t => t.ElementType).Select(g => new WeightTypeCount($"{g.Key}", g.Count(), g.Sum(t => t.ElementCount), g.Sum(Bytes))).OrderByDescending(w => w.Bytes)],
            WeightBytes = graph.Initializers.Sum(Bytes),
            Sparsity = zeros.Length == 0 ? null : zeros.Sum(z => (double)z.Zeros) / zeros.Sum(z => z.Elements),
            SparseWeights = [.. zeros.Where(z => z.Zeros >= Sparse * z.Elements).Select(z => new SparseWeight(z.Name, (double)z.Zeros / z.Elements))],
            Quantization = QuantizationFinder.Find(graph),
            Labels = LabelsOf(model),
            Metadata = new SortedDictionary<string, string>(model.Metadata, StringComparer.Ordinal),
            ExternalFiles = model.ExternalFiles,
            Problems = problems,
        };
    }

    /// <summary>Everything that keeps a model from being worked with, each a sentence; empty for a sound one.</summary>
    public static IReadOnlyList<string> Problems(Model model)
    {
        if (model.Opsets.TryGetValue(Domains.Onnx, out var opset) && opset is < 1 or > NewestOpset)
            return [$"The model imports opset {opset} of {StandardDomain}; known are 1 to {NewestOpset}. Export it with an older opset, or use a newer version of this tool."];
        return [.. GraphValidator.Check(model).Select(p => p.Message)];
    }

    /// <summary>In what ways a model is quantised or kept in short floats, each a phrase; empty for one of float32 throughout.</summary>
    public static IReadOnlyList<string> Quantization(Model model) => QuantizationFinder.Find(model.Graph);

    /// <summary>The names of a model's classes, by its metadata; empty where it has none.</summary>
    public static IReadOnlyList<string> LabelsOf(Model model) => Metadata(model)?.Labels ?? [];

    /// <summary>The image that a model takes, as its metadata says or else the shape of its only input does; null for anything else, sizes that are free among it.</summary>
    public static ImageInput? ImageOf(Model model) => Metadata(model) is { } metadata ? metadata.Input
        : model.Graph.RequiredInputs.ToArray() is [{ Type.Shape: { } shape } input] ? ImageShape.Of(input.Name, [.. shape.Select(d => d.Size ?? -1)]) : null;

    private static long Bytes(Initializer tensor) => tensor.ElementType.ByteLength(tensor.ElementCount);

    private static IEnumerable<(string Name, long Zeros, long Elements)> Zeros(Graph graph)
    {
        foreach (var tensor in graph.Initializers.Where(t => t.Dims.Count >= 2 && t.ElementCount > 0 && t.ElementType.IsFloatingPoint()))
        {
            if (Tensors.ToDoubles(tensor) is { } values) yield return (tensor.Name, values.LongCount(v => v == 0), tensor.ElementCount);
        }
    }

    private static DeployMetadata? Metadata(Model model)
    {
        try
        {
            return DeployMetadata.FromEntries(model.Metadata);
        }
        catch (FormatException)
        {
            // Damaged entries are shown as they are, among the rest of the metadata.
            return null;
        }
    }
}
