using OnnxPipeline.Training.TorchSharp.Graphs;

namespace OnnxPipeline.Training.TorchSharp.Translations;

/// <summary>Activations that are linear, or exponential, in parts.</summary>
internal static class RectifierOps
{
    public static TorchFunction LeakyRelu(TorchNode node)
    {
        var slope = node.Node.Float("alpha", 0.01f);
        return x => F.leaky_relu(x[0], slope);
    }

    /// <summary>ONNX's slope broadcasts as any operand does; PyTorch's is one for each channel.</summary>
    public static Tensor PRelu(Arguments x) => x[0].clamp_min(0).add(x[0].clamp_max(0).mul(x[1]));

    public static TorchFunction Elu(TorchNode node) => Exponential(1, node.Node.Float("alpha", 1), 1);

    public static TorchFunction Selu(TorchNode node) => Exponential(node.Node.Float("gamma", 1.05070102f), node.Node.Float("alpha", 1.67326319f), 1);

    public static TorchFunction Celu(TorchNode node)
    {
        var alpha = node.Node.Float("alpha", 1);
        return Exponential(1, alpha, 1 / alpha);
    }

    public static TorchFunction ThresholdedRelu(TorchNode node)
    {
        var threshold = node.Node.Float("alpha", 1);
        return x => x[0].mul(x[0].gt(threshold));
    }

    /// <summary>Bounds are attributes before opset 11, inputs since; either may be left out.</summary>
    public static TorchFunction Clip(TorchNode node)
    {
        var least = node.Node.Has("min") ? node.Node.Float("min", 0) : node.ConstantFloat(1);
        var most = node.Node.Has("max") ? node.Node.Float("max", 0) : node.ConstantFloat(2);
        var (readLeast, readMost) = (least is null && node.Has(1), most is null && node.Has(2));
        return x =>
        {
            var y = x[0];
            if (least is { } from) y = y.clamp_min(from);
            else if (readLeast) y = torch.maximum(y, x[1]);
            if (most is { } to) y = y.clamp_max(to);
            else if (readMost) y = torch.minimum(y, x[2]);
            return y;
        };
    }

    public static TorchFunction HardSigmoid(TorchNode node)
    {
        var (alpha, beta) = (node.Node.Float("alpha", 0.2f), node.Node.Float("beta", 0.5f));
        return x => x[0].mul(alpha).add(beta).clamp(0, 1);
    }

    /// <summary>γ·x above 0, γ·α·(exp(c·x) − 1) below.</summary>
    private static TorchFunction Exponential(float gamma, float alpha, float inner) => x =>
        x[0].clamp_min(0).add(x[0].clamp_max(0).mul(inner).expm1().mul(alpha)).mul(gamma);
}
