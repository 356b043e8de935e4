using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Zoo;

/// <summary>
/// The model of <see cref="ResidualMlpOptions"/>: Linear; blocks of x + Linear(Dropout(activation(BatchNorm(Linear(x))))); Linear.
/// Nothing stands on the way from the stem to the head but sums (He et al., "Identity mappings in deep residual networks", 2016).
/// </summary>
internal static class ResidualMlpModel
{
    public static IEnumerable<string> Check(ResidualMlpOptions options) =>
    [
        .. OptionCheck.AtLeast("width", options.Width, 1),
        .. OptionCheck.AtLeast("blocks", options.Blocks, 0),
        .. OptionCheck.AtLeast("inner", options.Inner ?? 1, 1),
        .. OptionCheck.Rate("dropout", options.Dropout),
    ];

    public static WeightInitializer Weights(ResidualMlpOptions options, ulong seed) => new(options.Init, options.Activation, seed);

    public static GraphValue Layers(GraphBuilder graph, ModelFeatures features, ResidualMlpOptions options, int outputs)
    {
        var x = graph.Linear(features.Flat(graph), options.Width, name: "stem");
        for (var block = 0; block < options.Blocks; block++) x = graph.Add(x, Path(graph, x, options));
        return graph.Linear(x, outputs, name: "head");
    }

    private static GraphValue Path(GraphBuilder graph, GraphValue x, ResidualMlpOptions options)
    {
        x = graph.Linear(x, options.Inner ?? options.Width, bias: !options.BatchNorm);
        if (options.BatchNorm) x = graph.BatchNorm1d(x);
        x = graph.Activate(x, options.Activation);
        if (options.Dropout > 0) x = graph.Dropout(x, options.Dropout);
        return graph.Linear(x, options.Width);
    }
}
