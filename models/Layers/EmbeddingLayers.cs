namespace OnnxPipeline.Models.Layers;

/// <summary>Learnt vectors of categories.</summary>
public static class EmbeddingLayers
{
    /// <summary>
    /// A learnt vector for each code: int64 [batch] → [batch, dimension]. The table "embedding1.weight" is [size, dimension]; its rows
    /// begin as a linear layer's of <paramref name="dimension"/> inputs do, but for row 0, unknown, at zeros: a category that no
    /// training row has says nothing.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="codes">Codes from 0 to <paramref name="size"/> − 1.</param>
    /// <param name="size">Number of codes.</param>
    /// <param name="dimension">Numbers that a code becomes.</param>
    /// <param name="name">The layer's name.</param>
    /// <exception cref="GraphException">A size is not positive.</exception>
    public static GraphValue Embedding(this GraphBuilder graph, GraphValue codes, int size, int dimension, string? name = null)
    {
        var layer = graph.LayerName(name, "embedding");
        Layer.Require(layer, size, nameof(size));
        Layer.Require(layer, dimension, nameof(dimension));
        var table = graph.Weights.Weight($"{layer}.weight", [size, dimension], dimension, dimension);
        table.Span<float>()[..dimension].Clear();
        return graph.Node(Ops.Gather, [graph.Initializer(table), codes], [("axis", 0)], layer);
    }
}
