namespace OnnxPipeline.Training.Autodiff.Rules;

/// <summary>Gradients of matrix products. G is the gradient of the output Y.</summary>
internal static class MatrixRules
{
    /// <summary>
    /// Y = α·A'·B' + β·C, a prime standing for the optional transposition: ∂A' = α·G·B'ᵀ, ∂B' = α·A'ᵀ·G, ∂C = β·G summed
    /// to the shape of C.
    /// </summary>
    public static IReadOnlyList<string?> Gemm(GradientContext c)
    {
        var alpha = c.Node.Float("alpha", 1);
        string Product(string left, bool transLeft, string right, bool transRight) =>
            c.Op(Ops.Gemm, n => n.Set("alpha", alpha).Set("transA", transLeft ? 1L : 0L).Set("transB", transRight ? 1L : 0L), left, right);
        var (dA, dB) = OfFactors(c, Product);
        return [dA, dB, !c.Needs(2) ? null : Bias(c)];
    }

    /// <summary>com.microsoft.FusedMatMul, Y = α·A'·B' over the last two axes: as for Gemm, each summed over what was broadcast.</summary>
    public static IReadOnlyList<string?> FusedMatMul(GradientContext c)
    {
        if (c.Node.Int("transBatchA", 0) != 0 || c.Node.Int("transBatchB", 0) != 0 || c.Shape(c.X(0)).Rank < 2 || c.Shape(c.X(1)).Rank < 2)
            throw new AutodiffException($"{c.Node.DisplayName}: the gradient of {c.Node.OpType} covers matrices without transBatchA and transBatchB; write it as MatMul and Transpose.");

        var alpha = c.Node.Float("alpha", 1);
        var (dA, dB) = OfFactors(c, (left, transLeft, right, transRight) => Fused(c, left, right, transLeft, transRight, alpha));
        string? SumTo(int input, string? gradient) => gradient is null ? null : SumLeading(c, gradient, c.X(input), c.Shape(c.X(input)).Rank, c.Shape(c.Y()));
        return [SumTo(0, dA), SumTo(1, dB)];
    }

    /// <summary>
    /// Y = A·B over the last two axes, the leading ones broadcast: ∂A = G·Bᵀ, ∂B = Aᵀ·G, summed over what was broadcast.
    /// A matrix B under a stack of A's is one product over all rows.
    /// </summary>
    public static IReadOnlyList<string?> MatMul(GradientContext c)
    {
        var (a, b, g) = (c.X(0), c.X(1), c.Gradient);
        var (rankA, rankB) = (c.Shape(a).Rank, c.Shape(b).Rank);
        if (rankA == 1 && rankB == 1) return [Times(c, b), Times(c, a)];
        if (rankB == 1) return VectorRight(c);
        if (rankA == 1) return VectorLeft(c);

        string? dA = null, dB = null;
        if (c.Needs(0)) dA = SumLeading(c, Fused(c, g, b, transB: true), a, rankA, c.Shape(c.Y()));
        if (c.Needs(1) && rankB == 2)
        {
            var rows = c.Op(Ops.Reshape, a, c.Writer.Constant(-1, c.Size(b, 0)));
            var gradientRows = c.Op(Ops.Reshape, g, c.Writer.Constant(-1, c.Size(b, 1)));
            dB = c.Op(Ops.Gemm, n => n.Set("transA", 1), rows, gradientRows);
        }
        else if (c.Needs(1))
        {
            dB = SumLeading(c, Fused(c, a, g, transA: true), b, rankB, c.Shape(c.Y()));
        }
        return [dA, dB];
    }

    /// <summary>α·A·B with either operand's last two axes transposed, without writing the transposed operand.</summary>
    public static string Fused(GradientContext c, string a, string b, bool transA = false, bool transB = false, float alpha = 1) =>
        c.Writer.MicrosoftOp(Ops.FusedMatMul, n => n.Set("transA", transA ? 1L : 0L).Set("transB", transB ? 1L : 0L).Set("alpha", alpha), a, b);

    /// <summary>∂A and ∂B of α·A'·B', either null where it is not needed; the product it is given writes α·L'·R' of factors and whether each is transposed.</summary>
    private static (string? A, string? B) OfFactors(GradientContext c, Func<string, bool, string, bool, string> product)
    {
        var (transA, transB) = (c.Node.Int("transA", 0) != 0, c.Node.Int("transB", 0) != 0);
        var (a, b, g) = (c.X(0), c.X(1), c.Gradient);
        return
        (
            !c.Needs(0) ? null : transA ? product(b, transB, g, true) : product(g, false, b, !transB),
            !c.Needs(1) ? null : transB ? product(g, true, a, transA) : product(a, !transA, g, false)
        );
    }

    /// <summary>Y = A·v, v a vector: ∂A = G⊗v, ∂v = Aᵀ·G over all rows.</summary>
    private static IReadOnlyList<string?> VectorRight(GradientContext c)
    {
        var (a, v) = (c.X(0), c.X(1));
        var column = c.Op(Ops.Unsqueeze, c.Gradient, c.Writer.Constant(-1));
        string? dV = null;
        if (c.Needs(1))
        {
            var rows = c.Op(Ops.Reshape, a, c.Writer.Constant(-1, c.Size(v, 0)));
            var gradientRows = c.Op(Ops.Reshape, c.Gradient, c.Writer.Constant(-1, 1));
            dV = c.ReshapeLike(c.Op(Ops.Gemm, n => n.Set("transA", 1), rows, gradientRows), v);
        }
        return [c.Needs(0) ? c.Op(Ops.Mul, column, v) : null, dV];
    }

    /// <summary>Y = v·B, v a vector: ∂v = Σ B·G over the stack, ∂B = v⊗G.</summary>
    private static IReadOnlyList<string?> VectorLeft(GradientContext c)
    {
        var (v, b) = (c.X(0), c.X(1));
        string? dV = null;
        if (c.Needs(0))
        {
            var perMatrix = c.Op(Ops.Reshape, c.Op(Ops.MatMul, b, c.Op(Ops.Unsqueeze, c.Gradient, c.Writer.Constant(-1))), c.Writer.Constant(-1, c.Size(v, 0)));
            dV = c.ReduceSum(perMatrix, [0], keepDims: false);
        }
        return [dV, c.Needs(1) ? c.Op(Ops.Mul, c.Op(Ops.Unsqueeze, v, c.Writer.Constant(-1)), c.Op(Ops.Unsqueeze, c.Gradient, c.Writer.Constant(-2))) : null];
    }

    private static string Times(GradientContext c, string value) => c.Op(Ops.Mul, c.Gradient, value);

    private static string Bias(GradientContext c)
    {
        var beta = c.Node.Float("beta", 1);
        var sum = Broadcasting.SumTo(c, c.Gradient, c.Y(), c.X(2));
        return beta == 1 ? sum : c.Op(Ops.Mul, sum, c.Constant(beta));
    }

    private static string SumLeading(GradientContext c, string gradient, string operand, int rank, TensorShape output)
    {
        var shape = c.Shape(operand);
        var extra = output.Rank - rank;
        var axes = Enumerable.Range(0, output.Rank - 2)
            .Where(axis => axis < extra || (shape[axis - extra].Size == 1 && output[axis].Size != 1))
            .Select(axis => (long)axis).ToArray();
        if (axes.Length == 0) return gradient;
        return c.ReshapeLike(c.ReduceSum(gradient, axes, keepDims: true), operand);
    }
}
