using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Passes;

/// <summary>Takes out nodes that pass their input on unchanged: Identity, and Cast to the type its input already has.</summary>
public sealed class EliminateIdentities : IPass, IRewrite
{
    public string Name => nameof(EliminateIdentities);

    public PassResult Apply(Model model, PassOptions? options = null) => GraphRewriter.Apply(this, model, options);

    void IRewrite.Rewrite(GraphRewriter rewriter, PassOptions options)
    {
        var types = new ElementTypeTable(rewriter.Graph);
        foreach (var node in rewriter.Nodes)
        {
            var what = node.Is(Ops.Identity) ? "removed"
                : node.Is(Ops.Cast) && types.Of(node.Input(0)) is { } type && (long)type == node.Int("to", 0) ? $"removed; its input is {type} already"
                : null;
            if (what is null) continue;
            if (rewriter.Bypass(node, node.Inputs[0]) is { } obstacle) rewriter.Declined(node, obstacle);
            else rewriter.Rewrote(node, what);
        }
    }
}
