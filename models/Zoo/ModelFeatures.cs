using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Zoo;

/// <summary>One categorical column: its codes, int64 [batch], each from 0 to <paramref name="Size"/> − 1. Code 0 is an unknown or missing category.</summary>
internal sealed record CategoricalFeature(GraphValue Code, int Size);

/// <summary>What a model's layers begin from: an image, or the columns of a table.</summary>
internal sealed class ModelFeatures
{
    /// <summary>Normalised pixels, float [batch, channels, height, width]; null for a table.</summary>
    public GraphValue? Image { get; init; }

    /// <summary>What the image was before it was normalised; null for a table.</summary>
    public ImageModelInput? Images { get; init; }

    /// <summary>Standardised numeric columns, float [batch, columns]; null where there are none.</summary>
    public GraphValue? Numeric { get; init; }

    public IReadOnlyList<CategoricalFeature> Categories { get; init; } = [];

    /// <summary>The edges of each numeric column's bins, as the standardised numbers have them; null where none are known.</summary>
    public IReadOnlyList<IReadOnlyList<float>>? Quantiles { get; init; }

    /// <summary>The image, for models that convolve.</summary>
    /// <exception cref="GraphException">The input is a table.</exception>
    public GraphValue RequireImage() => Image ?? throw new GraphException("it takes images, channels x height x width");

    /// <summary>The columns, for models of tables.</summary>
    /// <exception cref="GraphException">The input is an image.</exception>
    public ModelFeatures RequireTable() => Image is null ? this : throw new GraphException("it takes rows of a table; flatten images with another model, mlp for example");

    /// <summary>Everything as one vector, [batch, features]: a flattened image, or numbers followed by each category one-hot, an unknown one all zeros.</summary>
    public GraphValue Flat(GraphBuilder graph)
    {
        if (Image is { } image) return graph.Flatten(image);
        var parts = Categories.Select(category => OneHot(graph, category));
        if (Numeric is { } numeric) parts = parts.Prepend(numeric);
        GraphValue[] columns = [.. parts];
        return columns.Length == 1 ? columns[0] : graph.Concat(columns, axis: 1);
    }

    private static GraphValue OneHot(GraphBuilder graph, CategoricalFeature category)
    {
        // Without code 0: a column that is 1 only where nothing is known would be a weight that is hardly ever trained.
        var known = graph.Node(Ops.Sub, [category.Code, graph.Constant(1L)]);
        var equal = graph.Node(Ops.Equal, [graph.Node(Ops.Unsqueeze, [known, graph.Vector(1)]), graph.Vector([.. Enumerable.Range(0, Math.Max(1, category.Size - 1)).Select(code => (long)code)])]);
        return graph.Node(Ops.Cast, [equal], [("to", (long)ElementType.Float)]);
    }
}
