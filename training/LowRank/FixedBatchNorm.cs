using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Training.LowRank;

/// <summary>
/// Puts y = scale·x + shift, with constants, in place of batch normalisation, so that training sees it as inference does and its running
/// statistics stay: scale = γ/√(σ² + ε), shift = β − μ·scale.
/// </summary>
internal static class FixedBatchNorm
{
    private const float DefaultEpsilon = 1e-5f;

    /// <exception cref="TrainingException">Its parameters are computed, or the rank of its input is not known.</exception>
    public static void Apply(Model model)
    {
        var nodes = model.Graph.Nodes;
        if (!nodes.Any(n => n.Is(Ops.BatchNormalization))) return;
        var types = ShapeInference.Infer(model);
        for (var i = 0; i < nodes.Count; i++)
        {
            var node = nodes[i];
            if (!node.Is(Ops.BatchNormalization)) continue;
            if (types.GetValueOrDefault(node.Inputs[0]).Shape is not { Rank: >= 2 and var rank }) throw new TrainingException($"Node '{node.DisplayName}': the rank of its input '{node.Inputs[0]}' is not known, so that it cannot be fixed for train.lora.");
            var (scale, shift) = Factors(model.Graph, node, rank);
            var (output, product) = (node.Outputs[0], $"{node.Outputs[0]}.scaled");
            nodes.RemoveAt(i);
            nodes.InsertRange(i,
            [
                Constant(scale), Constant(shift),
                new Node(Ops.Mul, [node.Inputs[0], scale.Name], [product], product),
                new Node(Ops.Add, [product, shift.Name], [output], node.Name),
            ]);
        }
    }

    private static (Initializer Scale, Initializer Shift) Factors(Graph graph, Node node, int rank)
    {
        float[] Parameter(int input) => Constants.Find(graph, node.Inputs[input])?.Span<float>().ToArray()
            ?? throw new TrainingException($"Node '{node.DisplayName}': its input '{node.Inputs[input]}' is computed at run time; train.lora needs a constant.");
        var (gamma, beta, mean, variance) = (Parameter(1), Parameter(2), Parameter(3), Parameter(4));
        var epsilon = node.Float("epsilon", DefaultEpsilon);
        double[] scale = [.. gamma.Zip(variance, (g, v) => g / Math.Sqrt((double)v + epsilon))];
        float[] shift = [.. beta.Select((b, c) => (float)(b - mean[c] * scale[c]))];
        long[] dims = [gamma.Length, .. Enumerable.Repeat(1L, rank - 2)];
        return (Initializer.Create<float>($"{node.Outputs[0]}.scale", [.. scale.Select(s => (float)s)], dims), Initializer.Create<float>($"{node.Outputs[0]}.shift", shift, dims));
    }

    private static Node Constant(Initializer value) => new Node(Ops.Constant, [], [value.Name], value.Name).Set("value", value);
}
