namespace OnnxPipeline.Training.Autodiff.Rules;

/// <summary>Gradients of pooling. g is the gradient of the output.</summary>
internal static class PoolingRules
{
    /// <summary>
    /// Each g goes to the element that was the largest under its window. Where windows tile a plane, such elements are found by
    /// comparison with the output, and equal ones share g evenly. Elsewhere the pooling itself reports their position, the
    /// first of equals: MaxUnpool puts g there where windows do not overlap, and where they do the contributions are added up.
    /// </summary>
    public static IReadOnlyList<string?> MaxPool(GradientContext c)
    {
        var window = SpatialWindow.Of(c, Kernel(c));
        if (c.Node.Int("storage_order", 0) != 0)
            throw new AutodiffException($"{c.Node.DisplayName}: the gradient of MaxPool covers storage_order 0 (row major).");
        if (window.Axes == 2 && window.Tiles && c.Node.Output(1) is null) return [TiledMaxPool(c, window)];
        var indices = c.OutputOrNew(1, "indices");
        if (!window.Overlaps)
            return [c.Op(Ops.MaxUnpool, n => n.Set("kernel_shape", window.Kernel).Set("strides", window.Strides), c.Gradient, indices, c.RuntimeShapeOf(c.X()))];

        var flat = c.Writer.Constant(-1);
        var size = c.Op(Ops.Reshape, c.Op(Ops.Size, c.X()), c.Writer.Constant(1));
        var sums = c.Op(Ops.ScatterElements, n => n.Set("axis", 0).Set("reduction", "add"),
            c.Op(Ops.ConstantOfShape, size), c.Op(Ops.Reshape, indices, flat), c.Op(Ops.Reshape, c.Gradient, flat));
        return [c.ReshapeLike(sums, c.X())];
    }

    /// <summary>
    /// With y and g repeated over their windows, ∂x = g/n where x = y, n being the number of such elements in the window.
    /// Repeating is a product with a matrix of zeros and ones, [w, kh·W]: a row of the output becomes kh rows of the input.
    /// </summary>
    private static string TiledMaxPool(GradientContext c, SpatialWindow window)
    {
        var repeat = c.Writer.Shared(Initializer.Create<float>("", Repetition(window, 1), [window.Output[1], window.Kernel[0] * window.Input[1]]));
        var share = c.Writer.Shared(Initializer.Create<float>("", Repetition(window, 1f / window.Volume), [window.Output[1], window.Kernel[0] * window.Input[1]]));
        var rows = c.Writer.Constant(-1, window.Output[1]);
        string Repeat(string value, string matrix) => c.ReshapeLike(c.Op(Ops.MatMul, c.Op(Ops.Reshape, value, rows), matrix), c.X());

        // 1 where x − y is 0, and 0 where it is negative: a hard sigmoid of unbounded slope.
        var isMax = c.Op(Ops.HardSigmoid, n => n.Set("alpha", float.MaxValue).Set("beta", 1f), c.Op(Ops.Sub, c.X(), Repeat(c.Y(), repeat)));
        var density = c.Op(Ops.AveragePool, n => n.Set("kernel_shape", window.Kernel).Set("strides", window.Strides), isMax);
        return c.Op(Ops.Mul, isMax, Repeat(c.Op(Ops.Div, c.Gradient, density), share));
    }

    private static float[] Repetition(SpatialWindow window, float value)
    {
        var (columns, width) = (window.Output[1], window.Input[1]);
        var matrix = new float[columns * window.Kernel[0] * width];
        for (var column = 0L; column < columns; column++)
        {
            for (var row = 0L; row < window.Kernel[0]; row++)
            {
                for (var k = 0L; k < window.Kernel[1]; k++)
                    matrix[(column * window.Kernel[0] + row) * width + column * window.Kernel[1] + k] = value;
            }
        }
        return matrix;
    }

    /// <summary>Each g, divided by the number of elements averaged, goes to every element under its window: a transposed convolution with ones, channel by channel.</summary>
    public static IReadOnlyList<string?> AveragePool(GradientContext c)
    {
        var window = SpatialWindow.Of(c, Kernel(c));
        var channels = c.Size(c.X(), 1);
        var weights = Averages(window, includePadding: c.Node.Int("count_include_pad", 0) != 0);
        var share = weights.Distinct().Count() == 1
            ? c.Op(Ops.Mul, c.Gradient, c.Constant(weights[0]))
            : c.Op(Ops.Mul, c.Gradient, c.Writer.Shared(Initializer.Create<float>("", weights, [1, 1, .. window.Output])));
        var ones = Enumerable.Repeat(1f, (int)(channels * window.Volume)).ToArray();
        var spread = c.Writer.Shared(Initializer.Create<float>("", ones, [channels, 1, .. window.Kernel]));
        return [c.Op(Ops.ConvTranspose, n => window.SetTransposed(n, channels), share, spread)];
    }

    /// <summary>∂x = g/n at every position of the n that were averaged.</summary>
    public static IReadOnlyList<string?> GlobalAveragePool(GradientContext c)
    {
        var positions = c.Count(c.X(), Enumerable.Range(2, c.Shape(c.X()).Rank - 2).Select(axis => (long)axis));
        var share = c.Op(Ops.Mul, c.Gradient, c.Constant(1f / positions));
        return [c.Op(Ops.Expand, share, c.RuntimeShapeOf(c.X()))];
    }

    /// <summary>∂x = g where x is the maximum; equal maxima share it evenly.</summary>
    public static IReadOnlyList<string?> GlobalMaxPool(GradientContext c)
    {
        var isMax = c.ToFloat(c.Op(Ops.Equal, c.X(), c.Y()));
        long[] axes = [.. Enumerable.Range(2, c.Shape(c.X()).Rank - 2).Select(axis => (long)axis)];
        var share = c.Op(Ops.Div, c.Gradient, c.ReduceSum(isMax, axes, keepDims: true));
        return [c.Op(Ops.Mul, isMax, share)];
    }

    private static IReadOnlyList<long> Kernel(GradientContext c) => c.Node.Ints("kernel_shape")
        ?? throw new AutodiffException($"{c.Node.DisplayName}: {c.Node.OpType} has no kernel_shape.");

    /// <summary>1/n for each output position, n being the elements averaged there; padding counts where the pooling says so.</summary>
    private static float[] Averages(SpatialWindow window, bool includePadding)
    {
        var weights = new float[window.OutputPositions];
        for (var position = 0L; position < weights.Length; position++)
        {
            var (rest, count) = (position, 1L);
            for (var axis = window.Axes - 1; axis >= 0; axis--)
            {
                var start = rest % window.Output[axis] * window.Strides[axis] - window.PadsBegin[axis];
                rest /= window.Output[axis];
                var (low, high) = includePadding ? (-window.PadsBegin[axis], window.Input[axis] + window.PadsEnd[axis]) : (0, window.Input[axis]);
                var inside = 0L;
                for (var k = 0L; k < window.Kernel[axis]; k++)
                {
                    var at = start + k * window.Dilations[axis];
                    if (at >= low && at < high) inside++;
                }
                count *= inside;
            }
            weights[position] = 1f / count;
        }
        return weights;
    }
}
