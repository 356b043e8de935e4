using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Zoo;

/// <summary>The frame of networks made of convolution blocks; what a group of convolutions consists of is the model's own.</summary>
internal static class ConvBlocks
{
    /// <summary>Builds a group of convolutions on an image.</summary>
    public delegate GraphValue Group(GraphValue image, IReadOnlyList<ConvSize> convolutions);

    public static IEnumerable<string> Check(ConvBlockOptions options)
    {
        string[] errors =
        [
            .. OptionCheck.Counts("filters", options.Filters),
            .. OptionCheck.AtLeast("layersPerFilter", options.LayersPerFilter, 1),
            .. OptionCheck.AtLeast("poolEvery", options.PoolEvery, 1),
            .. OptionCheck.Counts("kernels", options.Kernels),
            .. OptionCheck.AtLeast("leakySlope", options.LeakySlope, 0),
            .. OptionCheck.Rate("dropout", options.Dropout),
            .. OptionCheck.AtLeast("poolKernel", options.PoolKernel, 1),
            .. OptionCheck.AtLeast("poolStride", options.PoolStride ?? 1, 1),
            .. OptionCheck.Counts("hidden", options.Hidden, mayBeEmpty: true),
        ];
        foreach (var error in errors) yield return error;
        if (options.PoolPadding < 0 || options.PoolPadding > options.PoolKernel / 2)
            yield return $"poolPadding must be from 0 to half of poolKernel ({options.PoolKernel}), but is {options.PoolPadding}";
        var convolutions = (long)options.Filters.Count * options.LayersPerFilter;
        if (options.Kernels.Count > 1 && options.Kernels.Count != convolutions)
            yield return $"kernels must be one for all or one for each of the {convolutions} convolutions, but are {options.Kernels.Count}";
    }

    public static WeightInitializer Weights(ConvBlockOptions options, ulong seed) => new(options.Init, options.Activation, seed, options.LeakySlope);

    public static GraphValue Layers(GraphBuilder graph, ModelFeatures features, ConvBlockOptions options, int outputs, Group group)
    {
        var x = features.RequireImage();
        foreach (var convolutions in options.Convolutions.Chunk(options.PoolEvery))
        {
            x = group(x, convolutions);
            if (convolutions.Length == options.PoolEvery) x = Pool(graph, x, options);
        }
        x = graph.Flatten(x);
        foreach (var units in options.Hidden) x = Activate(graph, graph.Linear(x, units), options);
        return graph.Linear(x, outputs, name: "head");
    }

    public static GraphValue Activate(GraphBuilder graph, GraphValue x, ConvBlockOptions options) => graph.Activate(x, options.Activation, (float)options.LeakySlope);

    private static GraphValue Pool(GraphBuilder graph, GraphValue x, ConvBlockOptions options) => options.Pool == Pooling.Max
        ? graph.MaxPool2d(x, options.PoolKernel, options.PoolStride, options.PoolPadding)
        : graph.AveragePool2d(x, options.PoolKernel, options.PoolStride, options.PoolPadding);
}
