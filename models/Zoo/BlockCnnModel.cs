using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Zoo;

/// <summary>The model of <see cref="BlockCnnOptions"/>: a group is (Conv, BatchNorm, activation, Dropout) a convolution.</summary>
internal static class BlockCnnModel
{
    public static IEnumerable<string> Check(BlockCnnOptions options) =>
    [
        .. ConvBlocks.Check(options),
        .. OptionCheck.AtLeast("stride", options.Stride, 1),
        .. OptionCheck.AtLeast("padding", options.Padding ?? 0, 0),
        .. OptionCheck.AtLeast("dilation", options.Dilation, 1),
    ];

    public static WeightInitializer Weights(BlockCnnOptions options, ulong seed) => ConvBlocks.Weights(options, seed);

    public static GraphValue Layers(GraphBuilder graph, ModelFeatures features, BlockCnnOptions options, int outputs) =>
        ConvBlocks.Layers(graph, features, options, outputs, (x, convolutions) => convolutions.Aggregate(x, (y, size) => Convolve(graph, y, size, options)));

    private static GraphValue Convolve(GraphBuilder graph, GraphValue x, ConvSize size, BlockCnnOptions options)
    {
        var padding = options.Padding ?? options.Dilation * (size.Kernel - 1) / 2;
        x = graph.Conv2d(x, size.Channels, size.Kernel, options.Stride, padding, options.Dilation, bias: !options.BatchNorm);
        if (options.BatchNorm) x = graph.BatchNorm2d(x);
        x = ConvBlocks.Activate(graph, x, options);
        return options.Dropout > 0 ? graph.Dropout(x, options.Dropout) : x;
    }
}
