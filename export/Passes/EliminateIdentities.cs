using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Passes;

/// <summary>
/// Takes out nodes that pass their first data input on unchanged, such as Identity, Cast to the type its input has, Reshape to the shape
/// its input has, and Mul by 1; <see cref="IdentityRules"/> lists them.
/// </summary>
public sealed class EliminateIdentities : IPass, IRewrite
{
    public string Name => nameof(EliminateIdentities);

    public PassResult Apply(Model model, PassOptions? options = null) => GraphRewriter.Apply(this, model, options);

    void IRewrite.Rewrite(GraphRewriter rewriter, PassOptions options)
    {
        var rules = new IdentityRules(rewriter, new ValueTypes(rewriter.Model));
        foreach (var node in rewriter.Nodes)
        {
            if (rules.Find(node) is not var (input, reason)) continue;
            if (rewriter.Bypass(node, input) is { } obstacle) rewriter.Declined(node, obstacle);
            else rewriter.Rewrote(node, reason is null ? "removed" : $"removed; {reason}");
        }
    }
}
