namespace OnnxPipeline.Training.Autodiff.Rules;

/// <summary>Gradients of the transposed convolution. G is the gradient of the output Y [N, M, …], X is [N, C, …], W is [C, M/groups, k…].</summary>
internal static class ConvTransposeRules
{
    /// <summary>
    /// Y is what a convolution with W passes back from X, so that convolution takes G to ∂X; and as Y stands for its input, ∂W is its
    /// weights' gradient with G in the place of the input and X in that of the output's gradient. ∂b = Σ G.
    /// </summary>
    public static IReadOnlyList<string?> ConvTranspose(GradientContext c)
    {
        var weights = c.Shape(c.X(1)).ToSizes();
        var group = c.Node.Int("group", 1);
        var window = Window(c, [.. weights.Skip(2)]);
        return
        [
            c.Needs(0) ? c.Op(Ops.Conv, n => n.Set("kernel_shape", window.Kernel).Set("strides", window.Strides).Set("dilations", window.Dilations)
                .Set("pads", window.PadsBegin.Concat(window.PadsEnd)).Set("group", group), c.Gradient, c.X(1)) : null,
            c.Needs(1) ? ConvRules.WeightGradient(c, c.Gradient, c.X(), window, group, weights) : null,
            c.Needs(2) ? c.ReduceSum(c.Gradient, [0, .. Enumerable.Range(2, window.Axes).Select(axis => (long)axis)], keepDims: false) : null,
        ];
    }

    /// <summary>How that convolution walks over Y; where the padding is not given, what makes its sizes agree.</summary>
    private static SpatialWindow Window(GradientContext c, long[] kernel)
    {
        var axes = kernel.Length;
        var node = c.Node;
        long[] Each(string attribute, long otherwise) => [.. node.Ints(attribute) ?? Enumerable.Repeat(otherwise, axes)];
        var (strides, dilations, beyond) = (Each("strides", 1), Each("dilations", 1), Each("output_padding", 0));
        var input = Enumerable.Range(2, axes).Select(axis => c.Size(c.X(), axis)).ToArray();
        var output = Enumerable.Range(2, axes).Select(axis => c.Size(c.Y(), axis)).ToArray();
        var pads = (node.Ints("pads") ?? [.. Enumerable.Repeat(0L, 2 * axes)]).ToArray();
        var autoPad = node.String("auto_pad") ?? "NOTSET";
        if (node.Has("output_shape") || autoPad is "SAME_UPPER" or "SAME_LOWER")
        {
            for (var i = 0; i < axes; i++)
            {
                var total = strides[i] * (input[i] - 1) + beyond[i] + (kernel[i] - 1) * dilations[i] + 1 - output[i];
                pads[i] = autoPad == "SAME_UPPER" ? total / 2 : total - total / 2;
                pads[i + axes] = total - pads[i];
            }
        }
        return new SpatialWindow(kernel, strides, dilations, pads[..axes], pads[axes..], output, input);
    }
}
