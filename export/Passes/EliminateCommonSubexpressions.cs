using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Passes;

/// <summary>Keeps one of several nodes that do the same to the same values.</summary>
public sealed class EliminateCommonSubexpressions : IPass, IRewrite
{
    public string Name => nameof(EliminateCommonSubexpressions);

    public PassResult Apply(Model model, PassOptions? options = null) => GraphRewriter.Apply(this, model, options);

    void IRewrite.Rewrite(GraphRewriter rewriter, PassOptions options)
    {
        var seen = new Dictionary<string, List<Node>>(StringComparer.Ordinal);
        // In order: the inputs of a node are merged before it is looked at.
        foreach (var node in rewriter.Nodes)
        {
            var key = Key(node);
            if (!seen.TryGetValue(key, out var alike)) seen[key] = alike = [];
            if (alike.Find(node.HasSameAttributes) is not { } original) alike.Add(node);
            else if (WhyKept(node, rewriter) is { } reason) rewriter.Declined(node, $"it does what '{original.DisplayName}' does, but {reason}");
            else if (rewriter.Merge(node, original) is { } obstacle) rewriter.Declined(node, $"it does what '{original.DisplayName}' does, but {obstacle}");
            else rewriter.Rewrote(node, $"removed; '{original.DisplayName}' does the same");
        }
    }

    private static string? WhyKept(Node node, GraphRewriter rewriter)
    {
        if (node.Subgraphs.Any()) return "it has a subgraph";
        if (rewriter.Model.Functions.Contains((node.Domain, node.OpType))) return "it calls a function of the model";
        if (OperatorTraits.IsRandom(node)) return "its result is random";
        if (node.Is(Ops.Dropout)) return $"it may be random; {nameof(DropTrainingOnlyNodes)} treats it";
        return OperatorTraits.IsPure(node) ? null : $"its domain '{node.Domain}' may have operators with state";
    }

    /// <summary>Everything but the attributes; of outputs, how many there are and which are left out.</summary>
    private static string Key(Node node)
    {
        var inputs = node.Inputs.Reverse().SkipWhile(name => name.Length == 0).Reverse();
        if (OperatorTraits.IsCommutative(node)) inputs = inputs.Order(StringComparer.Ordinal);
        return string.Join('\0', [node.Domain, node.OpType, string.Concat(node.Outputs.Select(o => o.Length > 0 ? '1' : '0')), .. inputs]);
    }
}
