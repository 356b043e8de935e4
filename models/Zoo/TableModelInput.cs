using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Models.Zoo;

/// <summary>
/// Rows of a table: "numeric" float [batch, <paramref name="Numbers"/>] in the columns' own units, NaN where a value is missing, and
/// "categorical" int64 [batch, columns] of category codes. Inside the graph numbers are standardised, a missing one becomes the mean.
/// </summary>
/// <param name="Numbers">Numeric columns; without any there is no input "numeric".</param>
/// <param name="Categories">The codes of each categorical column, from 0 to less than this; code 0 is an unknown or missing category. Without any there is no input "categorical".</param>
public sealed record TableModelInput(int Numbers, IReadOnlyList<int> Categories) : ModelInput
{
    /// <summary>One mean a numeric column; by default 0.</summary>
    public IReadOnlyList<float> Mean { get; init; } = [.. Enumerable.Repeat(0f, Math.Max(0, Numbers))];

    /// <summary>One standard deviation a numeric column, above 0; by default 1.</summary>
    public IReadOnlyList<float> Std { get; init; } = [.. Enumerable.Repeat(1f, Math.Max(0, Numbers))];

    /// <summary>
    /// For models that divide numbers into bins (<see cref="ModelEntry.QuantileBins"/>): for each numeric column the bins' edges,
    /// ascending, in the column's own units; by default none. <see cref="ColumnQuantiles"/> finds them.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<float>> Quantiles { get; init; } = [];

    /// <summary>For example "rows of 10 numbers and 2 categories (4, 40)".</summary>
    public override string ToString() => Categories.Count == 0 ? $"rows of {Numbers} numbers" : $"rows of {Numbers} numbers and {Categories.Count} categories ({string.Join(", ", Categories)})";

    internal override IEnumerable<string> Check()
    {
        if (Numbers < 0 || Numbers + Categories.Count == 0) yield return "a table needs at least one column";
        if (Categories.Any(c => c < 1)) yield return $"every categorical column needs at least one code, but they have {string.Join(", ", Categories)}";
        if (Mean.Count != Numbers || Std.Count != Numbers) yield return $"{Numbers} numeric columns need as many means and deviations, but there are {Mean.Count} and {Std.Count}";
        if (Quantiles.Count != 0 && (Quantiles.Count != Numbers || Quantiles.Any(q => q.Count < 2 || q.Count != Quantiles[0].Count))) yield return $"{Numbers} numeric columns need as many lists of quantiles, of one length of at least 2, but there are lists of [{string.Join(", ", Quantiles.Select(q => q.Count))}]";
        if (Quantiles.Any(q => q.Zip(q.Skip(1)).Any(pair => !(pair.First <= pair.Second)))) yield return "quantiles must ascend";
        if (Std.Any(s => !(s > 0))) yield return $"standard deviations must be positive, but are {string.Join(", ", Std)}";
    }

    internal override ModelFeatures AddTo(GraphBuilder graph) => new()
    {
        Numeric = Numbers > 0 ? Standardize(graph, graph.Input(TableFeatures.Numeric, ElementType.Float, "batch", Numbers)) : null,
        Quantiles = Quantiles.Count > 0 && Mean.Count == Numbers ? [.. Quantiles.Select((edges, column) => edges.Select(e => (e - Mean[column]) / Std[column]).ToArray())] : null,
        Categories = Categories.Count > 0 ? Codes(graph, graph.Input(TableFeatures.Categorical, ElementType.Int64, "batch", Categories.Count)) : [],
    };

    private GraphValue Standardize(GraphBuilder graph, GraphValue numeric)
    {
        var mean = graph.Constant<float>([.. Mean], [Numbers], "standardize.mean");
        var known = graph.Node(Ops.Where, [graph.Node(Ops.IsNaN, [numeric], name: "missing"), mean, numeric], name: "standardize.known");
        var centred = graph.Node(Ops.Sub, [known, mean], name: "standardize.centred");
        return graph.Node(Ops.Div, [centred, graph.Constant<float>([.. Std], [Numbers], "standardize.std")], name: "standardize");
    }

    private CategoricalFeature[] Codes(GraphBuilder graph, GraphValue categorical) =>
        [.. Categories.Select((size, column) => new CategoricalFeature(graph.Node(Ops.Gather, [categorical, graph.Constant((long)column)], [("axis", 1)], $"category{column + 1}"), size))];
}
