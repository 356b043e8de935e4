using OnnxPipeline.Training.TorchSharp.Graphs;

namespace OnnxPipeline.Training.TorchSharp.Translations;

/// <summary>Reductions over axes.</summary>
internal static class ReductionOps
{
    /// <summary>Axes are an attribute or an input; without any it is all of them, or with noop_with_empty_axes none.</summary>
    public static TorchFunction Over(TorchNode node, Func<Tensor, long[], bool, Tensor> reduce)
    {
        var axes = node.IntegersOf("axes", 1);
        var keeps = node.Node.Int("keepdims", 1) != 0;
        var leaves = node.Node.Int("noop_with_empty_axes", 0) != 0;
        return x =>
        {
            var along = axes?.Invoke(x) ?? [];
            if (along.Length == 0 && leaves) return x[0];
            return reduce(x[0], along.Length > 0 ? along : [.. Enumerable.Range(0, (int)x[0].dim()).Select(a => (long)a)], keeps);
        };
    }

    /// <summary>The largest is taken out first, so that nothing overflows.</summary>
    public static Tensor LogSumExp(Tensor x, long[] axes, bool keeps)
    {
        if (axes.Length == 1) return x.logsumexp(axes[0], keeps);
        var largest = x.amax(axes, true).detach();
        var log = x.sub(largest).exp().sum(axes, true).log().add(largest);
        return keeps ? log : log.sum(axes, false);
    }
}
