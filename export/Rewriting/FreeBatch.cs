using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>Frees the fixed first axis of a graph's inputs, where every node can be seen to carry it on.</summary>
internal static class FreeBatch
{
    private const string Batch = "batch";

    /// <summary>Returns why that cannot be, or null when done.</summary>
    public static string? Apply(GraphRewriter rewriter, long size)
    {
        var @interface = new GraphInterface(rewriter);
        var batched = rewriter.Graph.Outputs.Where(o => o.Type?.Shape is { Rank: > 0 } shape && shape[0].Size == size).Select(o => o.Name).ToArray();
        Dimension Free(Dimension axis, int index) => index == 0 && axis.Size == size ? Batch : axis;
        @interface.Change(Free, Free);
        var changed = new List<(Node Node, string Target)>();
        var reason = WhyNot(rewriter, @interface, batched, size, changed);
        if (reason is null) return null;

        foreach (var (node, target) in changed)
        {
            rewriter.Graph.Initializers.Remove(node.Inputs[1]);
            rewriter.SetInput(node, 1, target);
        }
        @interface.Restore();
        return reason;
    }

    private static string? WhyNot(GraphRewriter rewriter, GraphInterface @interface, string[] batched, long size, List<(Node Node, string Target)> changed)
    {
        while (true)
        {
            if (@interface.Infer(out var reason) is not { } types) return reason;
            // One at a time: what the next one reads is known once this one carries the batch on.
            if (rewriter.Nodes.FirstOrDefault(n => NamesBatch(n, rewriter, types, size)) is { } reshape)
            {
                if (WhyFixed(reshape, rewriter) is { } obstacle) return obstacle;
                changed.Add((reshape, reshape.Inputs[1]));
                Retarget(reshape, rewriter);
                continue;
            }
            if (batched.FirstOrDefault(o => types[o].Shape is not [{ Symbol: Batch }, ..]) is not { } lost) return null;
            var at = rewriter.Nodes.FirstOrDefault(n => n.Inputs.Any(i => Carries(types, i)) && !n.Outputs.Any(o => Carries(types, o)) && !n.Is(Ops.Shape));
            return $"the output '{lost}' would not have the free batch of the inputs; {(at is null ? "none of its nodes carries it on" : $"{at.OpType} '{at.DisplayName}' does not carry it on")}";
        }
    }

    private static bool Carries(IReadOnlyDictionary<string, TensorType> types, string value) => types.TryGetValue(value, out var type) && type.Shape is { } shape && shape.Any(d => d.Symbol == Batch);

    /// <summary>A Reshape of something whose first axis is the batch that gives it a first axis of the fixed size.</summary>
    private static bool NamesBatch(Node node, GraphRewriter rewriter, IReadOnlyDictionary<string, TensorType> types, long size) => node.Is(Ops.Reshape)
        && types.TryGetValue(node.Inputs[0], out var type) && type.Shape is [{ Symbol: Batch }, ..]
        && TensorReader.ToLongs(rewriter.Constants.Find(node.Input(1))) is { Length: > 0 } target && target[0] == size;

    private static string? WhyFixed(Node reshape, GraphRewriter rewriter) =>
        reshape.Int("allowzero", 0) != 0 && TensorReader.ToLongs(rewriter.Constants.Find(reshape.Input(1)))!.Contains(-1)
            ? $"Reshape '{reshape.DisplayName}' names the batch, and takes neither 0 (allowzero) nor a second -1 for it"
            : null;

    /// <summary>A first size of 0 copies that of the input; where 0 means none, -1 is what is left.</summary>
    private static void Retarget(Node reshape, GraphRewriter rewriter)
    {
        var target = TensorReader.ToLongs(rewriter.Constants.Find(reshape.Input(1)))!;
        target[0] = reshape.Int("allowzero", 0) != 0 ? -1 : 0;
        var tensor = Initializer.Create<long>(rewriter.TakeName($"{reshape.Inputs[1]}_batch"), target, target.Length);
        rewriter.AddInitializer(tensor);
        rewriter.SetInput(reshape, 1, tensor.Name);
    }
}
