using OnnxPipeline.Training.TorchSharp.Graphs;

namespace OnnxPipeline.Training.TorchSharp.Translations;

/// <summary>Poolings over 1 to 3 spatial axes.</summary>
internal static class PoolingOps
{
    public static TorchFunction MaxPool(TorchNode node)
    {
        if (node.Node.Output(1) is not null && node.OutputIsRead(1)) throw TorchNode.Declined("the places of the largest values are read, which the torch engine does not give");
        var window = WindowOptions.Of(node, [.. node.Node.Ints("kernel_shape")!]);
        var ceil = node.Node.Int("ceil_mode", 0) != 0;
        var pool = Max(window, node, ceil);
        // PyTorch pads by half the kernel at most.
        if (window.PadsEvenly(0.5)) return x => pool(x[0], window.Begin);
        return x => pool(F.pad(x[0], window.PaddingFor(x[0]), PaddingModes.Constant, double.NegativeInfinity), new long[window.Axes]);
    }

    public static TorchFunction AveragePool(TorchNode node)
    {
        var window = WindowOptions.Of(node, [.. node.Node.Ints("kernel_shape")!]);
        var ceil = node.Node.Int("ceil_mode", 0) != 0;
        var countsPadding = node.Node.Int("count_include_pad", 0) != 0;
        if (window.Dilations.Any(d => d != 1)) throw TorchNode.Declined("PyTorch's average pooling has no dilations");
        var pool = Average(window, node, ceil, countsPadding);
        if (window.PadsEvenly(0.5)) return x => pool(x[0], window.Begin);
        if (countsPadding) return x => pool(F.pad(x[0], window.PaddingFor(x[0])), new long[window.Axes]);
        // The padding is no part of a mean: the sum is divided by how many elements of the input are under the window.
        return x =>
        {
            var padding = window.PaddingFor(x[0]);
            var present = F.pad(torch.ones_like(x[0]), padding);
            return pool(F.pad(x[0], padding), new long[window.Axes]).div(pool(present, new long[window.Axes]));
        };
    }

    public static TorchFunction GlobalAverage(TorchNode node)
    {
        var axes = SpatialAxes(node);
        return x => x[0].mean(axes, true);
    }

    public static TorchFunction GlobalMax(TorchNode node)
    {
        var axes = SpatialAxes(node);
        return x => x[0].amax(axes, true);
    }

    private static long[] SpatialAxes(TorchNode node) => [.. Enumerable.Range(2, node.Rank(0) - 2).Select(axis => (long)axis)];

    private static Func<Tensor, long[], Tensor> Max(WindowOptions w, TorchNode node, bool ceil) => w.Axes switch
    {
        1 => (x, padding) => F.max_pool1d(x, w.Kernel[0], w.Strides[0], padding[0], w.Dilations[0], ceil),
        2 => (x, padding) => F.max_pool2d(x, w.Kernel, w.Strides, padding, w.Dilations, ceil),
        3 => (x, padding) => F.max_pool3d(x, w.Kernel, w.Strides, padding, w.Dilations, ceil),
        _ => throw TooManyAxes(w, node),
    };

    private static Func<Tensor, long[], Tensor> Average(WindowOptions w, TorchNode node, bool ceil, bool countsPadding) => w.Axes switch
    {
        1 => (x, padding) => F.avg_pool1d(x, w.Kernel[0], w.Strides[0], padding[0], ceil, countsPadding),
        2 => (x, padding) => F.avg_pool2d(x, w.Kernel, w.Strides, padding, ceil, countsPadding),
        3 => (x, padding) => F.avg_pool3d(x, w.Kernel, w.Strides, padding, ceil, countsPadding),
        _ => throw TooManyAxes(w, node),
    };

    private static TrainingException TooManyAxes(WindowOptions window, TorchNode node) => TorchNode.Declined($"PyTorch pools over 1 to 3 spatial axes; found {window.Axes}");
}
