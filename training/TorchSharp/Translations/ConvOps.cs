using OnnxPipeline.Training.TorchSharp.Graphs;

namespace OnnxPipeline.Training.TorchSharp.Translations;

/// <summary>Convolutions.</summary>
internal static class ConvOps
{
    public static TorchFunction Conv(TorchNode node)
    {
        var axes = node.Rank(1) - 2;
        var groups = node.Node.Int("group", 1);
        var kernel = node.Node.Ints("kernel_shape")?.ToArray();
        var known = kernel is null ? null : WindowOptions.Of(node, kernel);
        var convolve = Convolution(axes, node);
        return x =>
        {
            var window = known ?? WindowOptions.Of(node, x[1].shape[2..]);
            return window.PadsEvenly()
                ? convolve(x[0], x[1], x.Optional(2), window, window.Begin, groups)
                : convolve(F.pad(x[0], window.PaddingFor(x[0])), x[1], x.Optional(2), window, new long[axes], groups);
        };
    }

    private static Func<Tensor, Tensor, Tensor?, WindowOptions, long[], long, Tensor> Convolution(int axes, TorchNode node) => axes switch
    {
        1 => (x, w, bias, window, padding, groups) => F.conv1d(x, w, bias, window.Strides[0], padding[0], window.Dilations[0], groups),
        2 => (x, w, bias, window, padding, groups) => F.conv2d(x, w, bias, window.Strides, padding, window.Dilations, groups),
        3 => (x, w, bias, window, padding, groups) => F.conv3d(x, w, bias, window.Strides, padding, window.Dilations, groups),
        _ => throw TorchNode.Declined($"PyTorch convolves over 1 to 3 spatial axes; found {axes}"),
    };
}
