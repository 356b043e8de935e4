using OnnxPipeline.Training.TorchSharp.Graphs;

namespace OnnxPipeline.Training.TorchSharp.Translations;

/// <summary>Smooth activations, and softmax.</summary>
internal static class ActivationOps
{
    public static TorchFunction Swish(TorchNode node, float alpha)
    {
        var factor = node.Node.Float("alpha", alpha);
        return x => x[0].mul(x[0].mul(factor).sigmoid());
    }

    public static TorchFunction Gelu(TorchNode node) => node.Node.String("approximate") == "tanh" ? x => GeluByTanh(x[0]) : x => x[0].gelu();

    /// <summary>x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))).</summary>
    public static Tensor GeluByTanh(Tensor x)
    {
        var inner = x.pow(3).mul(0.044715f).add(x).mul((float)Math.Sqrt(2 / Math.PI));
        return inner.tanh().add(1).mul(x).mul(0.5f);
    }

    /// <summary>The first input, with the second added where there is one.</summary>
    public static Tensor WithBias(Arguments x) => x.Optional(1) is { } bias ? x[0].add(bias) : x[0];

    public static TorchFunction Softmax(TorchNode node) => Along(node, (x, axis) => x.softmax(axis));

    public static TorchFunction LogSoftmax(TorchNode node) => Along(node, (x, axis) => x.log_softmax(axis));

    /// <summary>Before opset 13 all axes from the given one on count as one.</summary>
    private static TorchFunction Along(TorchNode node, Func<Tensor, long, Tensor> function)
    {
        if (node.Opset >= 13)
        {
            var axis = node.Node.Int("axis", -1);
            return x => function(x[0], axis);
        }
        var rank = node.Rank(0);
        var first = node.Node.Int("axis", 1);
        if (first < 0) first += rank;
        if (first == rank - 1) return x => function(x[0], -1);
        return x => function(x[0].flatten(first), -1).reshape(x[0].shape);
    }
}
