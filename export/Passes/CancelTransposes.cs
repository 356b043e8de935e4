using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Passes;

/// <summary>
/// Takes out Transposes that do nothing, makes one of two in a row, and moves one down through elementwise nodes where on every way it
/// meets another: convolutions of a channels-last model stand between such pairs.
/// </summary>
public sealed class CancelTransposes : IPass, IRewrite
{
    public string Name => nameof(CancelTransposes);

    public PassResult Apply(Model model, PassOptions? options = null) => GraphRewriter.Apply(this, model, options);

    void IRewrite.Rewrite(GraphRewriter rewriter, PassOptions options)
    {
        var types = new ValueTypes(rewriter.Model);
        var transposes = rewriter.Nodes.Where(n => n.Is(Ops.Transpose)).ToList();
        foreach (var node in transposes.ToArray())
        {
            if (Simplify(node, rewriter, types)) transposes.Remove(node);
        }
        foreach (var node in transposes)
        {
            if (rewriter.Producer(node.Outputs[0]) != node) continue;
            if (TransposeRegion.From(node, rewriter, types, out var reason) is { } region) region.MoveDown();
            else rewriter.Declined(node, reason);
        }
    }

    /// <summary>Treats a Transpose alone, and one that reads another's result. Returns whether it is gone.</summary>
    private static bool Simplify(Node node, GraphRewriter rewriter, ValueTypes types)
    {
        if (Permutation.Of(node, types) is not { } order) return false;
        if (order.IsIdentity) return Bypass(node, node.Inputs[0], "removed; it leaves the axes in their order");
        if (rewriter.Producer(node.Inputs[0]) is not { } before || !before.Is(Ops.Transpose) || Permutation.Of(before, types) is not { } first || first.Rank != order.Rank) return false;

        var both = first.Then(order);
        if (both.IsIdentity) return Bypass(node, before.Inputs[0], $"removed; it undoes Transpose '{before.DisplayName}'");
        // The first goes when nothing else reads it; else there would be as many as before.
        if (rewriter.WhyShared(before.Outputs[0], node) is not null) return false;
        node.Set("perm", both.ToArray());
        rewriter.SetInput(node, 0, before.Inputs[0]);
        rewriter.Remove(before);
        rewriter.Rewrote(node, $"merged with Transpose '{before.DisplayName}' before it into the order {both}");
        return false;

        bool Bypass(Node transpose, string input, string what)
        {
            if (rewriter.Bypass(transpose, input) is { } obstacle)
            {
                rewriter.Declined(transpose, obstacle);
                return true;
            }
            rewriter.Rewrote(transpose, what);
            if (rewriter.Producer(transpose.Inputs[0]) is { } producer && producer.Is(Ops.Transpose) && !rewriter.IsUsed(producer.Outputs[0])) rewriter.Remove(producer);
            return true;
        }
    }
}
