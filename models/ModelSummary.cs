using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Models;

/// <summary>One node of a summary.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="OpType">Its operator, with the domain when that is not the standard one.</param>
/// <param name="Output">The type of its first output.</param>
/// <param name="Parameters">Elements of the trainable initializers it is the first to read.</param>
/// <param name="MultiplyAdds">Multiplications with an addition, for a batch of one; 0 for operators that are no products.</param>
public sealed record ModelSummaryRow(string Name, string OpType, TensorType Output, long Parameters, long MultiplyAdds);

/// <summary>What a model consists of: nodes in order with output shapes, parameters and cost.</summary>
public sealed record ModelSummary
{
    public required IReadOnlyList<ModelSummaryRow> Rows { get; init; }

    /// <summary>Elements of all trainable initializers.</summary>
    public long Parameters => Rows.Sum(r => r.Parameters);

    /// <summary>For a batch of one.</summary>
    public long MultiplyAdds => Rows.Sum(r => r.MultiplyAdds);

    /// <summary>Bytes of all initializers, running statistics included.</summary>
    public required long WeightBytes { get; init; }

    /// <summary>Summarises a model; Constant nodes, which do nothing, have no row.</summary>
    /// <exception cref="GraphException">The graph contradicts itself.</exception>
    public static ModelSummary Of(Model model)
    {
        var types = ShapeInference.Infer(model);
        var weights = Trainables.Of(model.Graph).ToDictionary(t => t.Name, t => t.ElementCount);
        var rows = new List<ModelSummaryRow>();
        foreach (var node in new GraphTopology(model.Graph).Sorted().Where(n => !n.Is(Ops.Constant)))
        {
            var parameters = node.Inputs.Sum(input => weights.Remove(input, out var count) ? count : 0);
            var output = node.Output(0) is { } name ? types[name] : default;
            rows.Add(new ModelSummaryRow(node.DisplayName, node.QualifiedOpType, output, parameters, MultiplyAddsOf(node, types)));
        }
        return new ModelSummary { Rows = rows, WeightBytes = model.Graph.Initializers.Sum(t => t.ElementType.ByteLength(t.ElementCount)) };
    }

    /// <summary>Output elements times the terms of each one's sum; a transposed convolution spreads each input element instead.</summary>
    private static long MultiplyAddsOf(Node node, IReadOnlyDictionary<string, TensorType> types)
    {
        return node.QualifiedOpType switch
        {
            Ops.Conv => Elements(Shape(node.Output(0))) * Elements(Shape(node.Input(1)).Skip(1)),
            Ops.ConvTranspose => Elements(Shape(node.Input(0))) * Elements(Shape(node.Input(1)).Skip(1)),
            Ops.Gemm => Elements(Shape(node.Output(0))) * Axis(node.Int("transA", 0) != 0 ? 2 : 1),
            Ops.MatMul or Ops.MatMulInteger => Elements(Shape(node.Output(0))) * Axis(1),
            Domains.Microsoft + "." + Ops.FusedMatMul => Elements(Shape(node.Output(0))) * Axis(node.Int("transA", 0) != 0 ? 2 : 1),
            _ => 0,
        };

        IReadOnlyList<Dimension> Shape(string? value) => value is not null && types[value].Shape is { } shape ? shape : [];

        // A size that is not known, as the batch, counts as one.
        static long Elements(IEnumerable<Dimension> shape) => shape.Aggregate(1L, (product, d) => product * (d.Size ?? 1));

        long Axis(int fromEnd) => Shape(node.Input(0)) is var shape && shape.Count >= fromEnd ? shape[^fromEnd].Size ?? 1 : 1;
    }
}
