using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Zoo;

/// <summary>What the models of tables share: their checks, their columns as one vector, hidden layers.</summary>
internal static class TabularLayers
{
    private const int MostByHalf = 50;
    private const int MostByPower = 600;

    public static IEnumerable<string> Check(TabularOptions options) =>
    [
        .. OptionCheck.AtLeast("embeddingSize", options.EmbeddingSize ?? 1, 1),
        .. OptionCheck.Rate("dropout", options.Dropout),
        .. options is DeepTabularOptions deep ? OptionCheck.Counts("hidden", deep.Hidden, mayBeEmpty: true) : [],
    ];

    public static WeightInitializer Weights(TabularOptions options, ulong seed) => new(options.Init, options.Activation, seed);

    /// <summary>Each category's embedding, [batch, size of its column's embedding].</summary>
    public static IReadOnlyList<GraphValue> Embeddings(GraphBuilder graph, ModelFeatures features, TabularOptions options) =>
        [.. features.RequireTable().Categories.Select(category => graph.Embedding(category.Code, category.Size, options.EmbeddingSize ?? SizeOf(category.Size, options.EmbeddingRule)))];

    /// <summary>The numbers followed by each category's embedding, [batch, features].</summary>
    public static GraphValue Columns(GraphBuilder graph, ModelFeatures features, TabularOptions options)
    {
        var embeddings = Embeddings(graph, features, options);
        return Join(graph, features.Numeric is { } numeric ? [numeric, .. embeddings] : embeddings);
    }

    /// <summary>Vectors one after another.</summary>
    public static GraphValue Join(GraphBuilder graph, IReadOnlyList<GraphValue> vectors) => vectors.Count == 1 ? vectors[0] : graph.Concat(vectors, axis: 1);

    /// <summary>Linear, BatchNorm, activation, Dropout for each hidden layer.</summary>
    public static GraphValue Hidden(GraphBuilder graph, GraphValue x, DeepTabularOptions options)
    {
        foreach (var units in options.Hidden)
        {
            // A bias before batch normalisation would be taken away again with the mean.
            x = graph.Linear(x, units, bias: !options.BatchNorm);
            if (options.BatchNorm) x = graph.BatchNorm1d(x);
            x = Drop(graph, graph.Activate(x, options.Activation), options.Dropout);
        }
        return x;
    }

    public static GraphValue Drop(GraphBuilder graph, GraphValue x, double ratio) => ratio > 0 ? graph.Dropout(x, ratio) : x;

    internal static int SizeOf(int categories, EmbeddingRule rule) => Math.Max(1, rule switch
    {
        EmbeddingRule.Half => Math.Min(MostByHalf, (categories + 1) / 2),
        EmbeddingRule.Power => (int)Math.Min(MostByPower, Math.Round(1.6 * Math.Pow(categories, 0.56))),
        EmbeddingRule.SquareRoot => (int)Math.Sqrt(categories),
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, $"Expected one of {string.Join(", ", Enum.GetNames<EmbeddingRule>())}."),
    });
}
