using OnnxPipeline.Export.Opsets;
using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Passes;

/// <summary>
/// Brings a model to another version of the standard operator set, 13 to 22, node by node over each version between. What an older version
/// lacks is taken apart into older operators where the result is the same; where one node cannot be converted, the whole is left.
/// </summary>
public sealed class ConvertOpset(long target) : IPass, IRewrite
{
    public const long Oldest = OpsetHistory.Oldest;
    public const long Newest = OpsetHistory.Newest;

    public string Name => nameof(ConvertOpset);

    public PassResult Apply(Model model, PassOptions? options = null) => GraphRewriter.Apply(this, model, options);

    void IRewrite.Rewrite(GraphRewriter rewriter, PassOptions options)
    {
        var from = rewriter.Opset;
        if (from == target) return;
        if (WhyNot(rewriter) is { } reason)
        {
            rewriter.Declined(rewriter.Graph.Name, reason);
            return;
        }
        var graph = new OpsetGraph(rewriter);
        for (var version = from; version != target; version += Math.Sign(target - from))
        {
            var refused = graph.Step(node => node.Domain != Domains.Onnx ? null
                : target > from ? OpsetRules.Up(node, version + 1, graph) : OpsetRules.Down(node, version, graph));
            foreach (var note in refused) rewriter.Declined(note.Subject, $"{note.Text} (opset {version} to {version + Math.Sign(target - from)})");
            if (refused.Count > 0) return;
        }
        graph.Commit();
        rewriter.Model.Opsets[Domains.Onnx] = target;
        rewriter.Model.IrVersion = Math.Max(rewriter.Model.IrVersion, IrVersions.Least(rewriter.Model).Version);
        rewriter.Rewrote(rewriter.Graph.Name, $"opset {from} to {target}");
    }

    private string? WhyNot(GraphRewriter rewriter)
    {
        if (target is < Oldest or > Newest) return $"opset {target} is asked for; expected {Oldest} to {Newest}";
        if (rewriter.Opset is < Oldest or > Newest) return $"it has opset {rewriter.Opset}; only {Oldest} to {Newest} are converted";
        if (rewriter.Model.Functions.Any()) return "it has functions, which import operator sets of their own";
        return rewriter.Nodes.FirstOrDefault(n => n.Subgraphs.Any()) is { } outer ? $"'{outer.DisplayName}' has a subgraph, and subgraphs are not converted" : null;
    }
}
