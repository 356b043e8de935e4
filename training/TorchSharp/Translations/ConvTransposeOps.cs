using OnnxPipeline.Training.TorchSharp.Graphs;

namespace OnnxPipeline.Training.TorchSharp.Translations;

/// <summary>
/// Transposed convolutions. PyTorch crops as much before as behind; what ONNX crops beyond that is cut off the uncropped output.
/// Source: https://onnx.ai/onnx/operators/onnx__ConvTranspose.html.
/// </summary>
internal static class ConvTransposeOps
{
    public static TorchFunction ConvTranspose(TorchNode node)
    {
        var axes = node.Rank(1) - 2;
        var groups = node.Node.Int("group", 1);
        long[] further = [.. node.Node.Ints("output_padding") ?? new long[axes]];
        var sizes = node.Node.Ints("output_shape")?.ToArray();
        var convolve = Convolution(axes, node);
        return x =>
        {
            var window = WindowOptions.Of(node, x[1].shape[2..]);
            var uncropped = sizes is null && window.PadsEvenly();
            if (uncropped) return convolve(x[0], x[1], x.Optional(2), window, window.Begin, further, groups);

            var y = convolve(x[0], x[1], x.Optional(2), window, new long[axes], further, groups);
            for (var axis = 0; axis < axes; axis++)
            {
                var (begin, length) = Kept(window, axis, y.size(axis + 2), x[0].size(axis + 2), sizes);
                y = y.narrow(axis + 2, begin, length);
            }
            return y;
        };
    }

    /// <summary>What is left of an uncropped axis: from where, and how much.</summary>
    private static (long Begin, long Length) Kept(WindowOptions window, int axis, long full, long input, long[]? sizes)
    {
        var isSame = window.AutoPad is "SAME_UPPER" or "SAME_LOWER";
        var length = sizes is not null ? sizes[^(window.Axes - axis)] : isSame ? input * window.Strides[axis] : full - window.Begin[axis] - window.End[axis];
        if (sizes is null && !isSame) return (window.Begin[axis], length);
        var total = full - length;
        return (window.AutoPad == "SAME_UPPER" ? total / 2 : total - total / 2, length);
    }

    private static Func<Tensor, Tensor, Tensor?, WindowOptions, long[], long[], long, Tensor> Convolution(int axes, TorchNode node) => axes switch
    {
        1 => (x, w, bias, window, padding, further, groups) => F.conv_transpose1d(x, w, bias, window.Strides[0], padding[0], further[0], window.Dilations[0], groups),
        2 => (x, w, bias, window, padding, further, groups) => F.conv_transpose2d(x, w, bias, window.Strides, padding, further, window.Dilations, groups),
        3 => (x, w, bias, window, padding, further, groups) => F.conv_transpose3d(x, w, bias, window.Strides, padding, further, window.Dilations, groups),
        _ => throw TorchNode.Declined($"PyTorch convolves over 1 to 3 spatial axes; found {axes}"),
    };
}
