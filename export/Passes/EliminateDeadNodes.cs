using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Passes;

/// <summary>
/// Takes out nodes that no graph output depends on, initializers that nothing reads, and recorded types of values that are no
/// longer there. Inputs that a caller gives stay, used or not: they are the model's signature.
/// </summary>
public sealed class EliminateDeadNodes : IPass, IRewrite
{
    public string Name => nameof(EliminateDeadNodes);

    public PassResult Apply(Model model, PassOptions? options = null) => GraphRewriter.Apply(this, model, options);

    void IRewrite.Rewrite(GraphRewriter rewriter, PassOptions options)
    {
        var needed = rewriter.Graph.Outputs.Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var node in rewriter.Nodes.Reverse())
        {
            if (node.Outputs.Any(needed.Contains)) needed.UnionWith(GraphTopology.UsedBy(node));
            else
            {
                rewriter.Remove(node);
                rewriter.Rewrote(node, "removed; no output depends on it");
            }
        }
        DropInitializers(rewriter, needed);
        DropValueInfos(rewriter, needed);
    }

    private static void DropInitializers(GraphRewriter rewriter, HashSet<string> needed)
    {
        var initializers = rewriter.Graph.Initializers;
        var dead = initializers.Where(t => !needed.Contains(t.Name) && !rewriter.Constants.IsOverridable(t.Name)).ToArray();
        if (dead.Length == 0) return;

        foreach (var tensor in dead) rewriter.Rewrote(tensor.Name, "initializer removed; nothing reads it");
        var names = dead.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        var live = initializers.Where(t => !names.Contains(t.Name)).ToArray();
        initializers.Clear();
        foreach (var tensor in live) initializers.Add(tensor);
        rewriter.Graph.Inputs.RemoveAll(i => names.Contains(i.Name));
    }

    private static void DropValueInfos(GraphRewriter rewriter, HashSet<string> needed)
    {
        var present = rewriter.Nodes.Where(n => n.Outputs.Any(needed.Contains)).SelectMany(n => n.Outputs).ToHashSet(StringComparer.Ordinal);
        var infos = rewriter.Graph.ValueInfos;
        foreach (var stale in infos.Where(i => !present.Contains(i.Name))) rewriter.Rewrote(stale.Name, "recorded type removed; the value is gone");
        infos.RemoveAll(i => !present.Contains(i.Name));
    }
}
