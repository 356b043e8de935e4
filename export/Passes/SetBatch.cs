using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Passes;

/// <summary>
/// Fixes the batch, the first axis of the inputs, to a size, or frees a fixed one. To free it, a Reshape that names the size is made to take
/// that of its input; the pass does so only where shape inference then carries the free batch through to every output that had it.
/// </summary>
/// <param name="size">The number of samples, or null for any number.</param>
public sealed class SetBatch(long? size) : IPass, IRewrite
{
    public string Name => nameof(SetBatch);

    public PassResult Apply(Model model, PassOptions? options = null) => GraphRewriter.Apply(this, model, options);

    void IRewrite.Rewrite(GraphRewriter rewriter, PassOptions options)
    {
        var subject = rewriter.Graph.Name;
        if (size < 1) rewriter.Declined(subject, $"a batch of {size} is asked for; expected at least 1");
        else if (rewriter.Graph.RequiredInputs.FirstOrDefault(i => i.Type?.Shape is { Rank: > 0 }) is not { } first) rewriter.Declined(subject, "no input has an axis to be the batch");
        else if (first.Type!.Value.Shape![0].Size is { } fixedSize)
        {
            if (fixedSize == size) return;
            if (FreeBatch.Apply(rewriter, fixedSize) is { } stuck) rewriter.Declined(subject, stuck);
            else if (size is { } wanted && FixBatch.Apply(rewriter, wanted) is { } reason) rewriter.Declined(subject, reason);
            else rewriter.Rewrote(subject, $"batch of {fixedSize} made {size?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "free"}");
        }
        else if (size is { } wanted)
        {
            if (FixBatch.Apply(rewriter, wanted) is { } reason) rewriter.Declined(subject, reason);
            else rewriter.Rewrote(subject, $"batch fixed to {wanted}");
        }
    }
}
