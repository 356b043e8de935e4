using OnnxPipeline.Export.Passes;
using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export;

/// <summary>Passes in order, each given the model that the one before it left.</summary>
public sealed class PassPipeline(params IReadOnlyList<IPass> passes)
{
    public IReadOnlyList<IPass> Passes => passes;

    /// <summary>
    /// From a trained model to one that is quick to run. The order matters: constants must be known before they can be folded
    /// into weights, weights that are shared cannot be folded into, and dead nodes are what the others leave behind.
    /// </summary>
    public static PassPipeline Deploy() => new(
        new FreezeInitializers(),
        new DropTrainingOnlyNodes(),
        new FoldConstants(),
        new EliminateIdentities(),
        new CancelTransposes(),
        new FoldPads(),
        new FoldBatchNorm(),
        new FoldNormalization(),
        new DeduplicateInitializers(),
        new EliminateCommonSubexpressions(),
        new EliminateDeadNodes());

    /// <summary>Runs the passes; the argument is never changed.</summary>
    /// <exception cref="ModelFormatException">The graph has a cycle, or two nodes produce one value.</exception>
    public PipelineResult Run(Model model, PassOptions? options = null)
    {
        var reports = new List<PassReport>(passes.Count);
        var modified = false;
        var copy = model.Clone();
        foreach (var pass in passes)
        {
            var result = pass is IRewrite rewrite ? GraphRewriter.ApplyInPlace(rewrite, copy, options) : pass.Apply(copy, options);
            reports.Add(result.Report);
            modified |= result.Modified;
            copy = result.Model;
        }
        return new PipelineResult(modified ? copy : model, modified, reports);
    }
}

/// <summary>What a pipeline of passes returns: the last pass's model, or the argument when none modified it, and every pass's report.</summary>
public sealed record PipelineResult(Model Model, bool Modified, IReadOnlyList<PassReport> Reports);
