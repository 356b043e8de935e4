using OnnxPipeline.Training.TorchSharp.Graphs;

namespace OnnxPipeline.Training.TorchSharp.Translations;

/// <summary>What cuts values, or puts something around them.</summary>
internal static class SlicingOps
{
    /// <summary>A negative step walks backwards, which PyTorch does by turning the axis round first.</summary>
    public static TorchFunction Slice(TorchNode node)
    {
        var starts = node.IntegersOf("starts", 1)!;
        var ends = node.IntegersOf("ends", 2)!;
        var axes = node.IntegersOf("axes", 3);
        var steps = node.Has(4) ? node.Integers(4) : null;
        return x =>
        {
            var (from, to, by) = (starts(x), ends(x), steps?.Invoke(x));
            var along = axes?.Invoke(x);
            var y = x[0];
            for (var i = 0; i < from.Length; i++)
            {
                var axis = along is null ? i : along[i] < 0 ? along[i] + x[0].dim() : along[i];
                y = Along(y, axis, from[i], to[i], by?[i] ?? 1);
            }
            return y;
        };
    }

    public static TorchFunctions Split(TorchNode node)
    {
        var axis = node.Node.Int("axis", 0);
        var sizes = node.IntegersOf("split", 1);
        var parts = node.Node.Outputs.Count;
        return x =>
        {
            var total = x[0].size((int)axis);
            // Without sizes the parts are equal, the last one smaller where they cannot be.
            var size = (total + parts - 1) / parts;
            long[] lengths = sizes?.Invoke(x) ?? [.. Enumerable.Range(0, parts).Select(i => Math.Min(size, total - i * size))];
            var start = 0L;
            return [.. lengths.Select(length => x[0].narrow(axis, (start += length) - length, length))];
        };
    }

    /// <summary>Negative pads cut.</summary>
    public static TorchFunction Pad(TorchNode node)
    {
        var pads = node.IntegersOf("pads", 1)!;
        var axes = node.Has(3) ? node.Integers(3) : null;
        var value = node.Opset < 11 ? node.Node.Float("value", 0) : node.Has(2) ? node.ConstantFloat(2) : 0;
        var mode = Mode(node);
        return x =>
        {
            var rank = (int)x[0].dim();
            var given = pads(x);
            var along = axes?.Invoke(x) ?? [.. Enumerable.Range(0, given.Length / 2).Select(a => (long)a)];
            var (begin, end) = (new long[rank], new long[rank]);
            for (var i = 0; i < along.Length; i++)
            {
                var axis = along[i] < 0 ? along[i] + rank : along[i];
                (begin[axis], end[axis]) = (given[i], given[along.Length + i]);
            }
            // PyTorch wants the last axis first, and its other modes no axes that stay as they are.
            var first = mode == PaddingModes.Constant ? 0 : Enumerable.Range(0, rank).FirstOrDefault(a => begin[a] != 0 || end[a] != 0, rank);
            long[] padding = [.. Enumerable.Range(first, rank - first).Reverse().SelectMany(a => new[] { begin[a], end[a] })];
            return padding.Length == 0 ? x[0] : F.pad(x[0], padding, mode, value ?? x[2].item<float>());
        };
    }

    private static PaddingModes Mode(TorchNode node) => (node.Node.String("mode") ?? "constant") switch
    {
        "constant" => PaddingModes.Constant,
        "reflect" => PaddingModes.Reflect,
        "edge" => PaddingModes.Replicate,
        "wrap" => PaddingModes.Circular,
        var other => throw TorchNode.Declined($"the padding mode '{other}' is none of constant, reflect, edge and wrap"),
    };

    private static Tensor Along(Tensor x, long axis, long start, long end, long step)
    {
        var size = x.size((int)axis);
        if (step > 0) return x.slice(axis, Bound(start, size, 0, size), Bound(end, size, 0, size), step);
        // Place i from the front is size − 1 − i from the back.
        var (from, to) = (Bound(start, size, 0, size - 1), Bound(end, size, -1, size - 1));
        return x.flip(axis).slice(axis, size - 1 - from, size - 1 - to, -step);
    }

    private static long Bound(long at, long size, long least, long most) => Math.Clamp(at < 0 ? Math.Max(at + size, least) : at, least, Math.Max(least, most));
}
