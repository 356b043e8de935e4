using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Passes;

/// <summary>
/// Computes, once and for all, every node whose inputs are all constant, and keeps the result as an initializer. ONNX Runtime does the
/// computing, so a folded value is the value the model would have had.
/// </summary>
public sealed class FoldConstants : IPass, IRewrite
{
    public string Name => nameof(FoldConstants);

    public PassResult Apply(Model model, PassOptions? options = null) => GraphRewriter.Apply(this, model, options);

    void IRewrite.Rewrite(GraphRewriter rewriter, PassOptions options)
    {
        var functions = rewriter.Model.Functions.ToHashSet();
        var evaluator = new NodeEvaluator(rewriter.Model);
        foreach (var node in rewriter.Nodes)
        {
            if (node.Is(Ops.Constant)) ToInitializer(node, rewriter);
            else if (Inputs(node, rewriter) is { } inputs) Fold(node, inputs, functions, evaluator, rewriter, options);
        }
    }

    private static void ToInitializer(Node node, GraphRewriter rewriter)
    {
        if (ConstantTable.ValueOf(node) is not { } value) rewriter.Declined(node, "a sparse or single-string constant has no plain tensor");
        else if (rewriter.IsOutput(node.Outputs[0])) rewriter.Declined(node, "it makes a graph output, which a node must make");
        else
        {
            rewriter.ReplaceByConstants(node, [value]);
            rewriter.Rewrote(node, "made an initializer");
        }
    }

    /// <summary>The node's inputs when all are constant (null where one is left out); null when one is not, or there is none.</summary>
    private static Initializer?[]? Inputs(Node node, GraphRewriter rewriter)
    {
        var inputs = new Initializer?[node.Inputs.Count];
        for (var i = 0; i < inputs.Length; i++)
        {
            if (node.Input(i) is not { } name) continue;
            if (rewriter.Constants.Find(name) is not { } tensor) return null;
            inputs[i] = tensor;
        }
        return inputs.Any(i => i is not null) ? inputs : null;
    }

    private static void Fold(
        Node node, Initializer?[] inputs, HashSet<(string, string)> functions, NodeEvaluator evaluator, GraphRewriter rewriter, PassOptions options)
    {
        if (WhyNever(node, functions, rewriter) is { } reason) rewriter.Declined(node, reason);
        else if (evaluator.Run(node, inputs, options.FoldingGrowth, out reason) is { } results)
        {
            rewriter.ReplaceByConstants(node, results);
            rewriter.Rewrote(node, $"computed: {string.Join(", ", results.Select(r => r.Type))}");
        }
        else rewriter.Declined(node, reason);
    }

    private static string? WhyNever(Node node, HashSet<(string, string)> functions, GraphRewriter rewriter)
    {
        if (OperatorTraits.IsRandom(node)) return "its result is random";
        if (node.Is(Ops.Dropout)) return $"{nameof(DropTrainingOnlyNodes)} treats it";
        if (node.Is(Ops.DequantizeLinear)) return "its input would be stored as float again, and the model be quantised no more";
        if (node.Subgraphs.Any()) return "it has a subgraph";
        if (functions.Contains((node.Domain, node.OpType))) return "it calls a function of the model";
        if (node.Domain is not (Domains.Onnx or Domains.Microsoft)) return $"its domain '{node.Domain}' may have operators with state";
        return node.Outputs.FirstOrDefault(o => o.Length > 0 && rewriter.IsOutput(o)) is { } output
            ? $"it makes the graph output '{output}', which a node must make"
            : null;
    }
}
