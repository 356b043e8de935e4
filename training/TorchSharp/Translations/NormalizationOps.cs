using OnnxPipeline.Training.TorchSharp.Graphs;

namespace OnnxPipeline.Training.TorchSharp.Translations;

/// <summary>Normalisations.</summary>
internal static class NormalizationOps
{
    /// <summary>
    /// In training y, and with momentum 0 the batch's own mean and variance. ONNX's running variance is the population's, PyTorch's
    /// the unbiased estimate n/(n − 1) times as large; a momentum of 1 makes PyTorch give that of the batch, which is scaled back.
    /// </summary>
    public static TorchFunctions BatchNormalization(TorchNode node)
    {
        var epsilon = node.Node.Float("epsilon", 1e-5f);
        if (node.Node.Int("training_mode", 0) == 0) return x => [F.batch_norm(x[0], x[3], x[4], x[1], x[2], false, 0, epsilon)];
        var momentum = node.Node.Float("momentum", 0.9f);
        if (momentum != 0) throw TorchNode.Declined($"its training mode has a momentum of {momentum}; the loop keeps running statistics by itself and expects 0");
        return x =>
        {
            var (mean, variance) = (torch.zeros_like(x[3]), torch.zeros_like(x[4]));
            var y = F.batch_norm(x[0], mean, variance, x[1], x[2], true, 1, epsilon);
            var n = x[0].numel() / x[0].size(1);
            return [y, mean, n > 1 ? variance.mul((float)(n - 1) / n) : torch.zeros_like(variance)];
        };
    }

    /// <summary>Over the axes from the given one on; scale and bias may have fewer.</summary>
    public static TorchFunction LayerNormalization(TorchNode node)
    {
        if (node.OutputIsRead(1) || node.OutputIsRead(2)) throw TorchNode.Declined("its mean or deviation is read, which the torch engine does not give");
        var (axis, epsilon) = ((int)node.Node.Int("axis", -1), node.Node.Float("epsilon", 1e-5f));
        if (axis < 0) axis += node.Rank(0);
        return x =>
        {
            var shape = x[0].shape[axis..];
            if (x[1].shape.SequenceEqual(shape)) return F.layer_norm(x[0], shape, x[1], x.Optional(2), epsilon);
            var y = F.layer_norm(x[0], shape, null, null, epsilon).mul(x[1]);
            return x.Optional(2) is { } bias ? y.add(bias) : y;
        };
    }

    public static TorchFunction InstanceNormalization(TorchNode node)
    {
        var epsilon = node.Node.Float("epsilon", 1e-5f);
        return x => F.instance_norm(x[0], null, null, x[1], x[2], true, 0, epsilon);
    }

    /// <summary>Scale and bias are one a group in opset 18, one a channel since 21.</summary>
    public static TorchFunction GroupNormalization(TorchNode node)
    {
        var (groups, epsilon) = (node.Node.Int("num_groups", 1), node.Node.Float("epsilon", 1e-5f));
        return x =>
        {
            var repeats = x[0].size(1) / x[1].numel();
            return repeats == 1
                ? F.group_norm(x[0], groups, x[1], x[2], epsilon)
                : F.group_norm(x[0], groups, x[1].repeat_interleave(repeats), x[2].repeat_interleave(repeats), epsilon);
        };
    }

    public static TorchFunction LpNormalization(TorchNode node)
    {
        var axis = node.Node.Int("axis", -1);
        return node.Node.Int("p", 2) == 1
            ? x => x[0].div(x[0].abs().sum([axis], true))
            : x => x[0].div(x[0].square().sum([axis], true).sqrt());
    }
}
