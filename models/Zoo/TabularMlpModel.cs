using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Zoo;

/// <summary>
/// The model of <see cref="TabularMlpOptions"/>: BatchNorm of the numbers, embeddings of the categories, then (Linear, activation,
/// BatchNorm, Dropout) a hidden layer, then Linear. Sources: Guo and Berkhahn, "Entity embeddings of categorical variables", 2016;
/// the order of layers is that of fastai's TabularModel (Howard and Gugger, "fastai: a layered API for deep learning", 2020).
/// </summary>
internal static class TabularMlpModel
{
    public static IEnumerable<string> Check(TabularMlpOptions options) =>
        [.. TabularLayers.Check(options), .. OptionCheck.Rate("embeddingDropout", options.EmbeddingDropout)];

    public static GraphValue Layers(GraphBuilder graph, ModelFeatures features, TabularMlpOptions options, int outputs)
    {
        List<GraphValue> columns = [.. TabularLayers.Embeddings(graph, features, options).Select(e => TabularLayers.Drop(graph, e, options.EmbeddingDropout))];
        if (features.Numeric is { } numeric) columns.Insert(0, options.NumberNorm ? graph.BatchNorm1d(numeric, name: "numbers") : numeric);

        var x = TabularLayers.Join(graph, columns);
        foreach (var units in options.Hidden)
        {
            x = graph.Activate(graph.Linear(x, units), options.Activation);
            if (options.BatchNorm) x = graph.BatchNorm1d(x);
            x = TabularLayers.Drop(graph, x, options.Dropout);
        }
        return graph.Linear(x, outputs, name: "head");
    }
}
