using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Training.Lowering;

/// <summary>A mask the training graph takes as input: one factor a value, 0 with probability <paramref name="Probability"/>, else 1/(1−p). The batch axis of the shape is open.</summary>
public sealed record DropoutMask(string Input, TensorShape Shape, double Probability);

/// <summary>
/// Replaces Dropout by a product with a mask that is an input of the graph. ONNX Runtime's own Dropout draws from a hidden
/// generator, which could not be taken up again after an interruption.
/// Source: Srivastava et al., "Dropout", 2014 (in its inverted form).
/// </summary>
internal static class DropoutLowering
{
    public static IReadOnlyList<DropoutMask> Apply(Model model)
    {
        var graph = model.Graph;
        if (!graph.Nodes.Any(n => n.Is(Ops.Dropout))) return [];

        var types = ShapeInference.Infer(model);
        var topology = new GraphTopology(graph);
        var masks = new List<DropoutMask>();
        for (var i = 0; i < graph.Nodes.Count; i++)
        {
            var node = graph.Nodes[i];
            if (!node.Is(Ops.Dropout)) continue;
            if (node.Output(1) is { } maskOutput && (topology.Consumers(maskOutput).Count > 0 || topology.IsOutput(maskOutput)))
                throw new TrainingException($"Node '{node.DisplayName}': its mask output '{maskOutput}' is used, which training does not support; remove that use.");

            var probability = Probability(graph, node);
            if (probability == 0)
            {
                graph.Nodes[i] = new Node(Ops.Identity, [node.Inputs[0]], [node.Outputs[0]], node.Name);
                continue;
            }
            var shape = types.TryGetValue(node.Inputs[0], out var type) ? type.Shape : null;
            if (shape is null || shape.Rank == 0 || shape.Skip(1).Any(d => d.Size is null))
                throw new TrainingException($"Node '{node.DisplayName}': dropout needs an input whose sizes are known but for the batch; '{node.Inputs[0]}' is {shape?.ToString() ?? "of unknown rank"}.");

            var mask = new DropoutMask($"dropout/{masks.Count}", shape, probability);
            graph.Inputs.Add(new Value(mask.Input, new TensorType(ElementType.Float, shape)));
            graph.Nodes[i] = new Node(Ops.Mul, [node.Inputs[0], mask.Input], [node.Outputs[0]], node.Name);
            masks.Add(mask);
        }
        return masks;
    }

    /// <summary>The ratio: an attribute before opset 12, a constant second input since; 0.5 when left out.</summary>
    private static double Probability(Graph graph, Node node)
    {
        var ratio = node.Float("ratio", 0.5f);
        if (node.Input(1) is { } name)
        {
            var tensor = Constants.Find(graph, name)
                ?? throw new TrainingException($"Node '{node.DisplayName}': its ratio '{name}' is computed at run time; training needs a constant.");
            ratio = tensor.Span<float>()[0];
        }
        return ratio is >= 0 and < 1
            ? ratio
            : throw new TrainingException($"Node '{node.DisplayName}': the dropout ratio is {ratio}; expected a number in [0, 1).");
    }
}
