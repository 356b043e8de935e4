using OnnxPipeline.Training.TorchSharp.Graphs;

namespace OnnxPipeline.Training.TorchSharp.Translations;

/// <summary>What moves elements about.</summary>
internal static class RearrangingOps
{
    /// <summary>DCR takes the block's place from the front of the channels, CRD from behind.</summary>
    public static TorchFunction DepthToSpace(TorchNode node)
    {
        var block = node.Node.Int("blocksize", 1);
        var columnFirst = node.Node.String("mode") == "CRD";
        return x =>
        {
            var (n, c, h, w) = Sizes(x[0]);
            var channels = c / (block * block);
            var split = columnFirst
                ? x[0].reshape(n, channels, block, block, h, w).permute(0, 1, 4, 2, 5, 3)
                : x[0].reshape(n, block, block, channels, h, w).permute(0, 3, 4, 1, 5, 2);
            return split.reshape(n, channels, h * block, w * block);
        };
    }

    public static TorchFunction SpaceToDepth(TorchNode node)
    {
        var block = node.Node.Int("blocksize", 1);
        return x =>
        {
            var (n, c, h, w) = Sizes(x[0]);
            return x[0].reshape(n, c, h / block, block, w / block, block).permute(0, 3, 5, 1, 2, 4).reshape(n, c * block * block, h / block, w / block);
        };
    }

    public static TorchFunction Trilu(TorchNode node)
    {
        var upper = node.Node.Int("upper", 1) != 0;
        var diagonal = node.Has(1) ? node.Integers(1) : null;
        return x =>
        {
            var from = diagonal?.Invoke(x)[0] ?? 0;
            return upper ? x[0].triu(from) : x[0].tril(from);
        };
    }

    public static TorchFunction CumSum(TorchNode node)
    {
        var axis = node.Integers(1);
        var (exclusive, reverse) = (node.Node.Int("exclusive", 0) != 0, node.Node.Int("reverse", 0) != 0);
        return x =>
        {
            var along = axis(x)[0];
            var input = reverse ? x[0].flip(along) : x[0];
            var sums = input.cumsum(along);
            if (exclusive) sums = sums.sub(input);
            return reverse ? sums.flip(along) : sums;
        };
    }

    private static (long N, long C, long H, long W) Sizes(Tensor x) => (x.size(0), x.size(1), x.size(2), x.size(3));
}
