using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Passes;

/// <summary>
/// Folds Add, Sub, Mul and Div by constants, such as the normalisation of pixels, into the Conv or Gemm that reads them. A factor
/// always folds; a shift only where no zero padding follows, since the padding stands for zeros after the shift.
/// </summary>
public sealed class FoldNormalization : IPass, IRewrite
{
    public string Name => nameof(FoldNormalization);

    public PassResult Apply(Model model, PassOptions? options = null) => GraphRewriter.Apply(this, model, options);

    void IRewrite.Rewrite(GraphRewriter rewriter, PassOptions options)
    {
        var types = new ValueTypes(rewriter.Model);
        // Backwards: of Sub and then Mul, the Mul is next to the Conv and goes first.
        foreach (var node in rewriter.Nodes.Reverse())
        {
            if (ElementwiseConstant.Of(node, rewriter.Constants) is not { } elementwise || LinearUser.Of(node, rewriter) is not { } user) continue;
            if (Fold(elementwise, user, rewriter, types) is { } reason) rewriter.Declined(node, reason);
            else rewriter.Rewrote(node, $"folded into {user.OpType} '{user.DisplayName}'");
        }
    }

    private static string? Fold(ElementwiseConstant elementwise, Node user, GraphRewriter rewriter, ValueTypes types)
    {
        if (types.ShapeOf(elementwise.Data) is not { } shape) return $"the shape of '{elementwise.Data}' is not known";
        if (LinearNode.Of(rewriter, user, types, out var reason) is not { } linear) return reason;
        if (elementwise.ToAffine(shape, out reason) is not { } affine) return reason;
        if (linear.WhyNotBefore(affine) is { } obstacle) return obstacle;
        if (rewriter.Bypass(elementwise.Node, elementwise.Data) is { } stuck) return stuck;
        linear.FoldBefore(affine);
        return null;
    }
}
