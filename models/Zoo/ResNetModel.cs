using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Zoo;

/// <summary>
/// The model of <see cref="ResNetOptions"/>: a block is activation(x + path(x)), its path (Conv, BatchNorm, activation, Dropout) a
/// convolution but for the last, which ends with its BatchNorm. Source: He et al., "Deep residual learning for image recognition", 2016.
/// </summary>
internal static class ResNetModel
{
    public static IEnumerable<string> Check(ResNetOptions options)
    {
        foreach (var error in ConvBlocks.Check(options)) yield return error;
        if (options.Kernels.Any(k => k > 0 && k % 2 == 0)) yield return $"kernels must be odd to keep an image's size within a block, but are [{string.Join(", ", options.Kernels)}]";
        foreach (var error in OptionCheck.AtLeast("bottleneckFactor", options.BottleneckFactor, 1)) yield return error;
    }

    public static WeightInitializer Weights(ResNetOptions options, ulong seed) => ConvBlocks.Weights(options, seed);

    public static GraphValue Layers(GraphBuilder graph, ModelFeatures features, ResNetOptions options, int outputs) =>
        ConvBlocks.Layers(graph, features, options, outputs, (x, convolutions) =>
        {
            var path = options.Bottleneck ? Narrowed(convolutions, options.BottleneckFactor) : convolutions;
            return ConvBlocks.Activate(graph, graph.Residual2d(x, y => Path(graph, y, path, options), batchNorm: options.BatchNorm), options);
        });

    /// <summary>1x1 to the first inner width, the inner convolutions, 1x1 to the block's output.</summary>
    private static ConvSize[] Narrowed(IReadOnlyList<ConvSize> convolutions, int factor)
    {
        ConvSize[] inner = [.. convolutions.Select(c => c with { Channels = Math.Max(1, c.Channels / factor) })];
        return [new ConvSize(inner[0].Channels, 1), .. inner, new ConvSize(convolutions[^1].Channels, 1)];
    }

    private static GraphValue Path(GraphBuilder graph, GraphValue x, IReadOnlyList<ConvSize> convolutions, ResNetOptions options)
    {
        for (var i = 0; i < convolutions.Count; i++)
        {
            var (channels, kernel) = convolutions[i];
            x = graph.Conv2d(x, channels, kernel, padding: kernel / 2, bias: !options.BatchNorm);
            if (options.BatchNorm) x = graph.BatchNorm2d(x);
            if (i == convolutions.Count - 1) break;
            x = ConvBlocks.Activate(graph, x, options);
            if (options.Dropout > 0) x = graph.Dropout(x, options.Dropout);
        }
        return x;
    }
}
