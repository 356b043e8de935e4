using OnnxPipeline.Training.TorchSharp.Graphs;

namespace OnnxPipeline.Training.TorchSharp.Translations;

/// <summary>Products of matrices.</summary>
internal static class MatrixOps
{
    /// <summary>α·A·B + β·C; a layer's own form, A·Bᵀ + C with one C for each column, is PyTorch's linear.</summary>
    public static TorchFunction Gemm(TorchNode node)
    {
        var (alpha, beta) = (node.Node.Float("alpha", 1), node.Node.Float("beta", 1));
        var (left, right) = (node.Node.Int("transA", 0) != 0, node.Node.Int("transB", 0) != 0);
        var plain = alpha == 1 && !left && right && (!node.Has(2) || (beta == 1 && node.Rank(2) == 1));
        if (plain) return x => F.linear(x[0], x[1], x.Optional(2));
        return x =>
        {
            var (a, b) = (left ? x[0].t() : x[0], right ? x[1].t() : x[1]);
            if (x.Optional(2) is { } c) return c.addmm(a, b, beta, alpha);
            return alpha == 1 ? a.mm(b) : a.mm(b).mul(alpha);
        };
    }

    /// <summary>α·A·B over the last two axes, either factor transposed in them.</summary>
    public static TorchFunction FusedMatMul(TorchNode node)
    {
        if (node.Node.Int("transBatchA", 0) != 0 || node.Node.Int("transBatchB", 0) != 0) throw TorchNode.Declined("it moves a factor's batch axes (transBatchA, transBatchB)");
        var (alpha, left, right) = (node.Node.Float("alpha", 1), node.Node.Int("transA", 0) != 0, node.Node.Int("transB", 0) != 0);
        return x =>
        {
            var product = (left ? x[0].transpose(-2, -1) : x[0]).matmul(right ? x[1].transpose(-2, -1) : x[1]);
            return alpha == 1 ? product : product.mul(alpha);
        };
    }

    public static TorchFunction Einsum(TorchNode node)
    {
        var equation = node.Node.String("equation")!;
        return x => torch.einsum(equation, x.All);
    }
}
