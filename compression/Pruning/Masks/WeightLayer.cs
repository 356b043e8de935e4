using OnnxPipeline.Export;
using OnnxPipeline.Export.Rewriting;

namespace OnnxPipeline.Compression.Pruning.Masks;

/// <summary>A layer whose weights can become 0.</summary>
/// <param name="Layer">The node's name.</param>
/// <param name="Weight">The initializer's name.</param>
/// <param name="InputAxis">The axis that runs along the inputs of one output.</param>
/// <param name="IsBias">Whether it is the layer's bias, which has no inputs.</param>
internal sealed record WeightLayer(string Layer, string Weight, int InputAxis, bool IsBias)
{
    /// <summary>The weights of a model's convolutions and products, in graph order, and why others are left.</summary>
    public static (IReadOnlyList<WeightLayer> Layers, IReadOnlyList<PassNote> Declined) Of(Model model, bool biases)
    {
        var constants = new ConstantTable(model, new GraphTopology(model.Graph).Producer);
        var layers = new List<WeightLayer>();
        var declined = new List<PassNote>();
        foreach (var node in model.Graph.Nodes.Where(n => n.Domain == Domains.Onnx && InputAxisOf(n) is not null))
        {
            foreach (var input in (int[])(biases && !node.Is(Ops.MatMul) ? [1, 2] : [1]))
            {
                if (node.Input(input) is not { } name || layers.Exists(l => l.Weight == name)) continue;
                if (WhyNot(model, constants, name) is { } reason) declined.Add(new PassNote(node.DisplayName, reason));
                else layers.Add(new WeightLayer(node.DisplayName, name, InputAxisOf(node)!.Value, input == 2));
            }
        }
        return (layers, declined);
    }

    private static int? InputAxisOf(Node node) => node.OpType switch
    {
        Ops.Conv => 1,
        Ops.ConvTranspose => 0,
        Ops.Gemm => node.Int("transB", 0) != 0 ? 1 : 0,
        Ops.MatMul => 0,
        _ => null,
    };

    private static string? WhyNot(Model model, ConstantTable constants, string name) =>
        !model.Graph.Initializers.TryGet(name, out var tensor) ? $"'{name}' is no initializer"
        : constants.IsOverridable(name) ? $"'{name}' is an input of the graph, whose default a caller may replace"
        : tensor.ElementType != ElementType.Float ? $"'{name}' is {tensor.ElementType}; expected Float"
        : null;
}
