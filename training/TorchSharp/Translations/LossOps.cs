using OnnxPipeline.Training.TorchSharp.Graphs;

namespace OnnxPipeline.Training.TorchSharp.Translations;

/// <summary>Losses that are operators.</summary>
internal static class LossOps
{
    /// <summary>The loss, and log p where it is read.</summary>
    public static TorchFunctions SoftmaxCrossEntropyLoss(TorchNode node)
    {
        if (node.Node.Has("ignore_index")) throw TorchNode.Declined("TorchSharp's loss ignores no label (ignore_index)");
        var reduction = node.Node.String("reduction") switch
        {
            "none" => torch.nn.Reduction.None,
            "sum" => torch.nn.Reduction.Sum,
            _ => torch.nn.Reduction.Mean,
        };
        return x =>
        {
            var logProbabilities = x[0].log_softmax(1);
            return [F.nll_loss(logProbabilities, x[1].to(ScalarType.Int64), x.Optional(2), reduction), logProbabilities];
        };
    }
}
