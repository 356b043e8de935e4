namespace OnnxPipeline.Training.Autodiff.Rules;

/// <summary>Gradients of ops that move elements between channels and space, or sum and cut along an axis. g is the gradient of the output.</summary>
internal static class RearrangingRules
{
    /// <summary>Channels to blocks of pixels; ∂x brings g's blocks back into channels.</summary>
    public static IReadOnlyList<string?> DepthToSpace(GradientContext c)
    {
        var block = c.Node.Int("blocksize", 1);
        if (c.Node.String("mode") != "CRD") return [c.Op(Ops.SpaceToDepth, n => n.Set("blocksize", block), c.Gradient)];
        var (channels, height, width) = (c.Size(c.X(), 1), c.Size(c.X(), 2), c.Size(c.X(), 3));
        var apart = c.Op(Ops.Reshape, c.Gradient, c.Writer.Constant(-1, channels / (block * block), height, block, width, block));
        return [c.ReshapeLike(c.Op(Ops.Transpose, n => n.Set("perm", [0L, 1, 3, 5, 2, 4]), apart), c.X())];
    }

    /// <summary>Blocks of pixels to channels; ∂x brings g's channels back into blocks.</summary>
    public static IReadOnlyList<string?> SpaceToDepth(GradientContext c) => [c.Op(Ops.DepthToSpace, n => n.Set("blocksize", c.Node.Int("blocksize", 1)), c.Gradient)];

    /// <summary>One side of the diagonal of each matrix, the rest 0: ∂x is the same side of g.</summary>
    public static IReadOnlyList<string?> Trilu(GradientContext c) =>
        [c.Op(Ops.Trilu, n => n.Set("upper", c.Node.Int("upper", 1)), c.Node.Input(1) is { } diagonal ? [c.Gradient, diagonal] : [c.Gradient])];

    /// <summary>yⱼ = Σ xᵢ over i ≤ j: ∂xᵢ = Σ gⱼ over j ≥ i, the same sum from the other end.</summary>
    public static IReadOnlyList<string?> CumSum(GradientContext c) =>
        [c.Op(Ops.CumSum, n => n.Set("exclusive", c.Node.Int("exclusive", 0)).Set("reverse", 1 - c.Node.Int("reverse", 0)), c.Gradient, c.X(1))];
}
