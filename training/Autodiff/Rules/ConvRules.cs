namespace OnnxPipeline.Training.Autodiff.Rules;

/// <summary>Gradients of convolution. G is the gradient of the output Y [N, O, …], X is [N, C, …], W is [O, C/groups, k…].</summary>
internal static class ConvRules
{
    /// <summary>Output positions from which the split form of the weight gradient is the faster one.</summary>
    private const long SplitPositions = 196;

    /// <summary>How many times as large as its operands a sample's product must be, for one product of all samples to be the faster one.</summary>
    private const long BatchedShare = 2;

    /// <summary>Y = X ⋆ W + b. Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016.</summary>
    public static IReadOnlyList<string?> Conv(GradientContext c)
    {
        var weights = c.Shape(c.X(1)).ToSizes();
        var window = SpatialWindow.Of(c, [.. weights.Skip(2)]);
        var group = c.Node.Int("group", 1);
        var (gradient, factor) = c.FactoredGradient;
        var bias = c.Needs(2) ? c.ReduceSum(gradient, [0, .. Enumerable.Range(2, window.Axes).Select(axis => (long)axis)], keepDims: false) : null;
        if (factor is null)
            return [c.Needs(0) ? InputGradient(c, gradient, c.X(1), window, group) : null, c.Needs(1) ? WeightGradient(c, c.X(0), gradient, window, group, weights) : null, bias];

        // A factor for each output channel goes into the weights on the way to ∂X, and into ∂W and ∂b at their end.
        var filters = c.Op(Ops.Reshape, factor, c.Writer.Constant([-1, .. Enumerable.Repeat(1L, weights.Length - 1)]));
        return
        [
            c.Needs(0) ? InputGradient(c, gradient, c.Op(Ops.Mul, c.X(1), filters), window, group) : null,
            c.Needs(1) ? c.Op(Ops.Mul, WeightGradient(c, c.X(0), gradient, window, group, weights), filters) : null,
            bias is null ? null : c.Op(Ops.Mul, bias, factor),
        ];
    }

    /// <summary>
    /// ∂X is G spread back through the window. With stride 1 and one group that is itself a convolution, of G with W flipped
    /// in space and with its channels exchanged, padded by d(k−1)−p; in general it is a transposed convolution.
    /// </summary>
    private static string InputGradient(GradientContext c, string gradient, string weights, SpatialWindow window, long group)
    {
        var begin = Enumerable.Range(0, window.Axes).Select(i => window.Span(i) - 1 - window.PadsBegin[i]).ToArray();
        var end = Enumerable.Range(0, window.Axes).Select(i => window.Span(i) - 1 - window.PadsEnd[i]).ToArray();
        if (group != 1 || window.Strides.Any(s => s != 1) || begin.Concat(end).Any(p => p < 0))
            return c.Op(Ops.ConvTranspose, n => window.SetTransposed(n, group), gradient, weights);

        var exchanged = c.Op(Ops.Transpose, n => n.Set("perm", [1, 0, .. Enumerable.Range(2, window.Axes).Select(axis => (long)axis)]), Flip(c, weights, window));
        return c.Op(Ops.Conv, n => n.Set("kernel_shape", window.Kernel).Set("dilations", window.Dilations).Set("pads", begin.Concat(end)), gradient, exchanged);
    }

    private static string Flip(GradientContext c, string weights, SpatialWindow window)
    {
        if (window.Volume == 1) return weights;
        long[] Each(long value) => [.. Enumerable.Repeat(value, window.Axes)];
        return c.Op(Ops.Slice, weights, c.Writer.Constant(Each(-1)), c.Writer.Constant(Each(long.MinValue)),
            c.Writer.Constant([.. Enumerable.Range(2, window.Axes).Select(axis => (long)axis)]), c.Writer.Constant(Each(-1)));
    }

    /// <summary>
    /// ∂W[o] = Σ over samples and positions of G[o]·(the patch of X under the window). The patches are laid out by a
    /// convolution of their own, one group a channel, whose kernels each pick one element under the window; the sum over
    /// positions is then one matrix product a sample; or, where that gives more numbers than go into it, one of all samples
    /// together, whose positions then have to be brought together first.
    /// </summary>
    internal static string WeightGradient(GradientContext c, string x, string gradient, SpatialWindow window, long group, long[] weights)
    {
        if (group == 1 && window.Axes == 2 && window.IsDense && window.Kernel.All(k => k > 1)
            && window.OutputPositions >= SplitPositions && weights[0] < 2 * weights[1])
            return SplitWeightGradient(c, x, gradient, window, weights);

        var patches = window.IsPointwise ? x : Patches(c, x, weights[1] * group, window.Kernel, window);
        var (outputs, patchSize, positions) = (weights[0], weights[1] * window.Volume, window.OutputPositions);
        string Rows(string value, long rows) => c.Op(Ops.Reshape, value, group == 1
            ? c.Writer.Constant(-1, rows, positions)
            : c.Writer.Constant(-1, group, rows, positions));
        if (group == 1 && outputs * patchSize > BatchedShare * positions * (outputs + patchSize))
        {
            string AllSamples(string value, long rows) => c.Op(Ops.Reshape, c.Op(Ops.Transpose, n => n.Set("perm", [1L, 0, 2]), Rows(value, rows)), c.Writer.Constant(rows, -1));
            return c.Op(Ops.Reshape, MatrixRules.Fused(c, AllSamples(gradient, outputs), AllSamples(patches, patchSize), transB: true), c.Writer.Constant(weights));
        }

        var perSample = MatrixRules.Fused(c, Rows(gradient, outputs / group), Rows(patches, patchSize), transB: true);
        return c.Op(Ops.Reshape, c.ReduceSum(perSample, [0], keepDims: false), c.Writer.Constant(weights));
    }

    /// <summary>
    /// The same with the window's columns shifted in X and its rows in G: k + k copies in place of k·k, and a squarer product.
    /// It pays where an image has many positions; where it has few, the rows that the shifts add outweigh it.
    /// </summary>
    private static string SplitWeightGradient(GradientContext c, string x, string gradient, SpatialWindow window, long[] weights)
    {
        var (outputs, channels, height, width) = (weights[0], weights[1], window.Kernel[0], window.Kernel[1]);
        var rows = window.Output[0] + height - 1;
        var shiftedX = Patches(c, x, channels, [1, width], window);
        var everyRow = new SpatialWindow([height, 1], [1, 1], [1, 1], [height - 1, 0], [height - 1, 0], window.Output, [rows, window.Output[1]]);
        var shiftedG = Patches(c, gradient, outputs, [height, 1], everyRow, reversed: true);

        string Rows(string value, long count) => c.Op(Ops.Reshape, value, c.Writer.Constant(-1, count, rows * window.Output[1]));
        var perSample = MatrixRules.Fused(c, Rows(shiftedG, outputs * height), Rows(shiftedX, channels * width), transB: true);
        var sum = c.Op(Ops.Reshape, c.ReduceSum(perSample, [0], keepDims: false), c.Writer.Constant(outputs, height, channels, width));
        return c.Op(Ops.Transpose, n => n.Set("perm", [0, 2, 1, 3]), sum);
    }

    /// <summary>For each channel of a value, each element under a kernel of that size, as a channel of its own.</summary>
    private static string Patches(GradientContext c, string value, long channels, long[] kernel, SpatialWindow window, bool reversed = false)
    {
        var volume = kernel.Aggregate(1L, (product, size) => product * size);
        var kernels = new float[channels * volume * volume];
        for (var channel = 0L; channel < channels; channel++)
        {
            for (var position = 0L; position < volume; position++)
                kernels[(channel * volume + position) * volume + (reversed ? volume - 1 - position : position)] = 1;
        }
        var picker = c.Writer.Shared(Initializer.Create<float>("", kernels, [channels * volume, 1, .. kernel]));
        return c.Op(Ops.Conv, n => n.Set("group", channels).Set("kernel_shape", kernel).Set("strides", window.Strides)
            .Set("dilations", window.Dilations).Set("pads", window.PadsBegin.Concat(window.PadsEnd)), value, picker);
    }
}
