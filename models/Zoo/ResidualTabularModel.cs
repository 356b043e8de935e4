using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Zoo;

/// <summary>
/// The model of <see cref="ResidualTabularOptions"/>: Linear over embeddings and numbers; blocks of
/// x + Dropout(Linear(Dropout(activation(Linear(BatchNorm(x)))))); BatchNorm, activation, Linear. Source: the ResNet of Gorishniy et
/// al., "Revisiting deep learning models for tabular data", 2021.
/// </summary>
internal static class ResidualTabularModel
{
    public static IEnumerable<string> Check(ResidualTabularOptions options) =>
    [
        .. TabularLayers.Check(options),
        .. OptionCheck.AtLeast("width", options.Width, 1),
        .. OptionCheck.AtLeast("blocks", options.Blocks, 0),
        .. OptionCheck.AtLeast("inner", options.Inner ?? 1, 1),
        .. OptionCheck.Rate("residualDropout", options.ResidualDropout),
    ];

    public static GraphValue Layers(GraphBuilder graph, ModelFeatures features, ResidualTabularOptions options, int outputs)
    {
        var x = graph.Linear(TabularLayers.Columns(graph, features, options), options.Width, name: "stem");
        for (var block = 0; block < options.Blocks; block++) x = graph.Add(x, Path(graph, x, options));
        return graph.Linear(graph.Activate(graph.BatchNorm1d(x), options.Activation), outputs, name: "head");
    }

    private static GraphValue Path(GraphBuilder graph, GraphValue x, ResidualTabularOptions options)
    {
        x = graph.Linear(graph.BatchNorm1d(x), options.Inner ?? 2 * options.Width);
        x = TabularLayers.Drop(graph, graph.Activate(x, options.Activation), options.Dropout);
        return TabularLayers.Drop(graph, graph.Linear(x, options.Width), options.ResidualDropout);
    }
}
