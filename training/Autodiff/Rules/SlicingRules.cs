namespace OnnxPipeline.Training.Autodiff.Rules;

/// <summary>Gradients of ops that cut pieces out of a tensor, surround it or repeat it. g is the gradient of the output.</summary>
internal static class SlicingRules
{
    /// <summary>∂x is g where it was cut out, and 0 elsewhere: what was stepped over is filled in, then what was before and after.</summary>
    public static IReadOnlyList<string?> Slice(GradientContext c)
    {
        var shape = c.Shape(c.X());
        var (starts, ends) = (Integers(c, 1, "starts"), Integers(c, 2, "ends"));
        var axes = c.Node.Input(3) is null ? [.. Enumerable.Range(0, starts.Length).Select(axis => (long)axis)] : Integers(c, 3, "axes");
        var steps = c.Node.Input(4) is null ? [.. starts.Select(_ => 1L)] : Integers(c, 4, "steps");

        var gradient = c.Gradient;
        var pads = new long[2 * shape.Rank];
        for (var i = 0; i < axes.Length; i++)
        {
            var axis = GradientContext.Axis(axes[i], shape.Rank);
            if (shape[axis].Size is null && starts[i] == 0 && ends[i] >= int.MaxValue && steps[i] == 1) continue;
            var cut = Cut.Of(c.Size(c.X(), axis), starts[i], ends[i], steps[i]);
            if (cut.Step < 0) gradient = Reverse(c, gradient, axis);
            var step = Math.Abs(cut.Step);
            if (step > 1 && cut.Count > 0) gradient = Interleave(c, gradient, axis, step, shape.Rank, cut.Count);
            pads[axis] = cut.First;
            pads[shape.Rank + axis] = cut.Size - cut.First - cut.Count * step;
        }
        return [Padded(c, gradient, pads)];
    }

    /// <summary>Surrounded by a constant: ∂x is g without the border.</summary>
    /// <exception cref="AutodiffException">The border repeats the tensor's own elements, or is trained.</exception>
    public static IReadOnlyList<string?> Pad(GradientContext c)
    {
        if (c.Node.String("mode") is { } mode and not "constant")
            throw new AutodiffException($"{c.Node.DisplayName}: the gradient of Pad covers mode 'constant', not '{mode}'.");
        if (c.Needs(2)) throw new AutodiffException($"{c.Node.DisplayName}: the gradient of Pad covers a border that is given, not one computed from weights.");
        var rank = c.Shape(c.X()).Rank;
        var given = Integers(c, 1, "pads");
        var axes = c.Node.Input(3) is null ? [.. Enumerable.Range(0, rank).Select(axis => (long)axis)] : Integers(c, 3, "axes");
        var pads = new long[2 * rank];
        for (var i = 0; i < axes.Length; i++)
        {
            var axis = GradientContext.Axis(axes[i], rank);
            (pads[axis], pads[rank + axis]) = (-given[i], -given[i + axes.Length]);
        }
        return [Padded(c, c.Gradient, pads)];
    }

    /// <summary>Repeated along its axes: ∂x is the sum of g over the repetitions.</summary>
    public static IReadOnlyList<string?> Tile(GradientContext c)
    {
        var shape = c.Shape(c.X());
        var repeats = Integers(c, 1, "repeats");
        if (shape.Count(d => d.Size is null) > 1) throw new AutodiffException($"{c.Node.DisplayName}: the gradient of Tile needs all but one axis of '{c.X()}' {shape} to have a known size.");
        var apart = c.Op(Ops.Reshape, c.Gradient, c.Writer.Constant([.. shape.SelectMany((d, axis) => new[] { repeats[axis], d.Size ?? -1 })]));
        return [c.ReduceSum(apart, [.. Enumerable.Range(0, shape.Rank).Select(axis => 2L * axis)], keepDims: false)];
    }

    /// <summary>∂x joins the gradients of the parts; a part that the loss does not use has zeros.</summary>
    public static IReadOnlyList<string?> Split(GradientContext c)
    {
        var axis = GradientContext.Axis(c.Node.Int("axis", 0), c.Shape(c.X()).Rank);
        var parts = Enumerable.Range(0, c.Node.Outputs.Count).Select(i => c.GradientOf(i) ?? c.ZerosLike(c.OutputOrNew(i, $"part{i}")));
        return [c.Op(Ops.Concat, n => n.Set("axis", axis), [.. parts])];
    }

    private static long[] Integers(GradientContext c, int input, string name) =>
        (c.Node.Input(input) is { } value ? c.ConstantInts(value) : c.Node.Ints(name)?.ToArray())
        ?? throw new AutodiffException($"{c.Node.DisplayName}: its {name} are computed at run time; the gradient of {c.Node.OpType} needs them constant.");

    private static string Padded(GradientContext c, string value, long[] pads) => pads.All(p => p == 0) ? value : c.Op(Ops.Pad, value, c.Writer.Constant(pads));

    private static string Reverse(GradientContext c, string value, int axis) =>
        c.Op(Ops.Slice, value, c.Writer.Constant(-1), c.Writer.Constant(long.MinValue), c.Writer.Constant(axis), c.Writer.Constant(-1));

    /// <summary>Puts step − 1 zeros behind each element along an axis.</summary>
    private static string Interleave(GradientContext c, string value, int axis, long step, int rank, long count)
    {
        var pads = new long[2 * (rank + 1)];
        pads[rank + 1 + axis + 1] = step - 1;
        var spaced = c.Op(Ops.Pad, c.Op(Ops.Unsqueeze, value, c.Writer.Constant(axis + 1)), c.Writer.Constant(pads));
        var sizes = c.Op(Ops.Shape, value);
        string Part(long from, long to) => c.Op(Ops.Slice, sizes, c.Writer.Constant(from), c.Writer.Constant(to));
        return c.Op(Ops.Reshape, spaced, c.Op(Ops.Concat, n => n.Set("axis", 0), Part(0, axis), c.Writer.Constant(count * step), Part(axis + 1, rank)));
    }

    /// <summary>A slice of one axis, in the order of the axis: elements First, First + |Step|, … of which there are Count.</summary>
    private readonly record struct Cut(long Size, long First, long Count, long Step)
    {
        /// <summary>As the specification of Slice clamps starts and ends.</summary>
        public static Cut Of(long size, long start, long end, long step)
        {
            long From(long value) => value < 0 ? value + size : value;
            var (low, high) = step > 0 ? (0L, size) : (-1L, size - 1);
            var begin = Math.Clamp(start < -size ? low : From(start), 0, high);
            var finish = Math.Clamp(end < -size ? low : From(end), low, high);
            var count = Math.Max(0, step > 0 ? (finish - begin + step - 1) / step : (begin - finish - step - 1) / -step);
            return new Cut(size, step > 0 || count == 0 ? begin : begin + (count - 1) * step, count, step);
        }
    }
}
