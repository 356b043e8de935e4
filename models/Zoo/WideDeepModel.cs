using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Zoo;

/// <summary>
/// The model of <see cref="WideDeepOptions"/>: Linear over one-hot categories and numbers ("wide"), plus Linear over the hidden
/// layers of embeddings and numbers. Source: Cheng et al., "Wide &amp; deep learning for recommender systems", 2016.
/// </summary>
internal static class WideDeepModel
{
    public static IEnumerable<string> Check(WideDeepOptions options) => TabularLayers.Check(options);

    public static GraphValue Layers(GraphBuilder graph, ModelFeatures features, WideDeepOptions options, int outputs)
    {
        // The head's bias serves both parts.
        var wide = graph.Linear(features.RequireTable().Flat(graph), outputs, bias: false, name: "wide");
        var deep = TabularLayers.Hidden(graph, TabularLayers.Columns(graph, features, options), options);
        return graph.Add(graph.Linear(deep, outputs, name: "head"), wide);
    }
}
