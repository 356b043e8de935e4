using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Zoo;

/// <summary>
/// The model of <see cref="NumericEmbeddingOptions"/>: each number's piecewise-linear and periodic encodings go through a linear
/// layer and activation of its column's own; these and the categories' embeddings are the input of the hidden layers. Source: Gorishniy,
/// Rubachev and Babenko, "On embeddings for numerical features in tabular deep learning", 2022 (its T-LR and PLR).
/// </summary>
internal static class NumericEmbeddingModel
{
    /// <summary>Without quantiles a column's bins are of equal width, from so many standard deviations below the mean to as many above.</summary>
    private const float Reach = 3;

    public static IEnumerable<string> Check(NumericEmbeddingOptions options) =>
    [
        .. TabularLayers.Check(options),
        .. OptionCheck.AtLeast("bins", options.Bins, 0),
        .. OptionCheck.AtLeast("frequencies", options.Frequencies, 0),
        .. OptionCheck.AtLeast("numberSize", options.NumberSize, 1),
        .. options.FrequencyScale is > 0 and < double.PositiveInfinity ? Array.Empty<string>() : [$"frequencyScale must be positive and finite, but is {options.FrequencyScale}"],
        .. options.Bins == 0 && options.Frequencies == 0 ? ["numbers need an encoding, but bins and frequencies are both 0"] : Array.Empty<string>(),
    ];

    public static GraphValue Layers(GraphBuilder graph, ModelFeatures features, NumericEmbeddingOptions options, int outputs)
    {
        var columns = TabularLayers.Embeddings(graph, features, options);
        if (features.Numeric is { } numeric) columns = [Numbers(graph, numeric, features.Quantiles, options), .. columns];
        return graph.Linear(TabularLayers.Hidden(graph, TabularLayers.Join(graph, columns), options), outputs, name: "head");
    }

    /// <summary>[batch, columns] → [batch, columns · numberSize].</summary>
    private static GraphValue Numbers(GraphBuilder graph, GraphValue numeric, IReadOnlyList<IReadOnlyList<float>>? quantiles, NumericEmbeddingOptions options)
    {
        var columns = (int)numeric.Shape![1].Size!.Value;
        var stack = graph.ColumnStack(numeric);
        var encodings = new List<GraphValue>();
        if (options.Frequencies > 0) encodings.Add(graph.PeriodicEncoding(stack, options.Frequencies, options.FrequencyScale));
        if (options.Bins > 0) encodings.Add(graph.PiecewiseLinearEncoding(stack, Edges(quantiles, columns, options.Bins)));
        return graph.Activate(graph.ColumnLinear(encodings.Count == 1 ? encodings[0] : graph.Concat(encodings, axis: 2), options.NumberSize), options.Activation);
    }

    private static IReadOnlyList<IReadOnlyList<float>> Edges(IReadOnlyList<IReadOnlyList<float>>? quantiles, int columns, int bins)
    {
        if (quantiles is not { Count: > 0 }) return [.. Enumerable.Repeat<IReadOnlyList<float>>([.. Enumerable.Range(0, bins + 1).Select(i => Reach * ((2f * i / bins) - 1))], columns)];
        return quantiles[0].Count == bins + 1 ? quantiles : throw new GraphException($"it divides numbers into {bins} bins, which have {bins + 1} edges, but the input has {quantiles[0].Count} quantiles a column");
    }
}
