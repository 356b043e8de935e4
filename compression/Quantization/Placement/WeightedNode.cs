using OnnxPipeline.Export.Rewriting;

namespace OnnxPipeline.Compression.Quantization.Placement;

/// <summary>A Conv, Gemm or MatMul with constant float32 weights.</summary>
/// <param name="Node">The node.</param>
/// <param name="Weights">A copy of its weights, a Gemm's alpha multiplied into them.</param>
/// <param name="OutputAxis">The weights' axis of output channels.</param>
/// <param name="Bias">One value an output channel, a Gemm's beta multiplied into them; null without a bias.</param>
internal sealed record WeightedNode(Node Node, Initializer Weights, int OutputAxis, float[]? Bias)
{
    public const int WeightInput = 1;
    public const int BiasInput = 2;

    public int OutputChannels => (int)Weights.Dims[OutputAxis];

    /// <summary>Products that each output is the sum of.</summary>
    public long Products => Weights.ElementCount / OutputChannels;

    public string Input => Node.Inputs[0];

    public string Output => Node.Outputs[0];

    /// <summary>The node so read, or null and why it is none.</summary>
    /// <exception cref="QuantizeException">Its weights or bias are not finite.</exception>
    public static WeightedNode? Of(Node node, ConstantTable constants, out string reason)
    {
        reason = "";
        if (constants.Find(node.Input(WeightInput)) is not { } weights) reason = "its weights are not constant";
        else if (weights.ElementType != ElementType.Float) reason = $"its weights are {weights.ElementType}; expected Float";
        else if (OutputAxisOf(node, weights.Dims.Count) is not { } axis) reason = $"its weights have the unsuitable shape {weights.Shape}";
        else if (node.Int("transA", 0) != 0) reason = "it transposes its input";
        else if (BiasOf(node, constants, (int)weights.Dims[axis], out var bias) is { } problem) reason = problem;
        else
        {
            RequireFinite(node, weights);
            return new WeightedNode(node, Scaled(node, weights), axis, bias);
        }
        return null;
    }

    private static int? OutputAxisOf(Node node, int rank) =>
        node.Is(Ops.Conv) ? rank >= 3 ? 0 : null
        : rank != 2 ? null
        : node.Is(Ops.Gemm) && node.Int("transB", 0) != 0 ? 0 : 1;

    /// <summary>Null, or why the bias cannot be one value an output channel.</summary>
    private static string? BiasOf(Node node, ConstantTable constants, int channels, out float[]? bias)
    {
        bias = null;
        if (node.Is(Ops.MatMul) || node.Input(BiasInput) is not { } name) return null;
        if (constants.Find(name) is not { ElementType: ElementType.Float } tensor) return "its bias is not a constant of Float";
        if (tensor.ElementCount != 1 && (tensor.ElementCount != channels || tensor.Dims[^1] != channels)) return $"its bias of shape {tensor.Shape} is not one value for each of {channels} channels";
        RequireFinite(node, tensor);
        var values = tensor.Span<float>().ToArray();
        var beta = node.Is(Ops.Gemm) ? node.Float("beta", 1) : 1;
        bias = [.. Enumerable.Range(0, channels).Select(c => beta * values[values.Length == 1 ? 0 : c])];
        return null;
    }

    private static Initializer Scaled(Node node, Initializer weights)
    {
        var copy = weights.Clone();
        if (node.Is(Ops.Gemm) && node.Float("alpha", 1) is not 1 and var alpha)
        {
            foreach (ref var w in copy.Span<float>()) w *= alpha;
        }
        return copy;
    }

    private static void RequireFinite(Node node, Initializer tensor)
    {
        var values = tensor.Span<float>();
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                throw new QuantizeException($"'{tensor.Name}', which {node.OpType} '{node.DisplayName}' reads, holds {values[i]} at element {i}; expected finite numbers. Training diverged, or the file is damaged.");
        }
    }
}
