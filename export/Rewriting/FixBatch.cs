using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>Gives the free first axis of a graph's inputs a size, wherever its symbol stands.</summary>
internal static class FixBatch
{
    /// <summary>Returns why that cannot be, or null when done.</summary>
    public static string? Apply(GraphRewriter rewriter, long size)
    {
        var inputs = rewriter.Graph.RequiredInputs.Select(i => i.Type?.Shape).OfType<TensorShape>().Where(s => s.Rank > 0);
        var symbols = inputs.Select(s => s[0].Symbol).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var @interface = new GraphInterface(rewriter);
        bool IsBatch(Dimension axis) => axis.Symbol is { } symbol && symbols.Contains(symbol);
        @interface.Change(
            (axis, index) => IsBatch(axis) || index == 0 && axis == Dimension.Unknown ? size : axis,
            (axis, _) => IsBatch(axis) ? size : axis);
        if (@interface.Infer(out var reason) is not { } types)
        {
            @interface.Restore();
            return reason;
        }
        Refine(rewriter.Graph.Outputs, types);
        return null;
    }

    /// <summary>Outputs are declared as what the inputs make of them, where that says more.</summary>
    private static void Refine(List<Value> outputs, IReadOnlyDictionary<string, TensorType> types)
    {
        for (var i = 0; i < outputs.Count; i++)
        {
            if (outputs[i].Type is not { Shape: { } declared } type || types[outputs[i].Name].Shape is not { } found || found.Rank != declared.Rank) continue;
            outputs[i] = new Value(outputs[i].Name, type with { Shape = new TensorShape([.. declared.Zip(found, (d, f) => d.Size is null && f.Size is not null ? f : d)]) });
        }
    }
}
