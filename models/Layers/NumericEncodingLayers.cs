namespace OnnxPipeline.Models.Layers;

/// <summary>
/// Encodings of a table's numbers, a layer of its own for each column. They work on [columns, batch, …], where one batched matrix
/// product does all columns.
/// </summary>
public static class NumericEncodingLayers
{
    /// <summary>[batch, columns] → [columns, batch, 1].</summary>
    /// <exception cref="GraphException">The input is not [batch, columns] with a known number of columns.</exception>
    public static GraphValue ColumnStack(this GraphBuilder graph, GraphValue numbers, string? name = null)
    {
        var layer = graph.LayerName(name, "columns");
        Layer.Channels(layer, numbers, "[batch,columns]", 2);
        var columns = graph.Node(Ops.Transpose, [numbers], [("perm", new long[] { 1, 0 })], $"{layer}.transposed");
        return graph.Node(Ops.Unsqueeze, [columns, graph.Vector(2)], name: layer);
    }

    /// <summary>
    /// How far a number has come through each bin of its column, from 0 below the bin to 1 above it: [columns, batch, 1] → [columns,
    /// batch, bins]. A number outside of all bins counts as the nearest edge (Gorishniy et al. 2022 let it run on).
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="stack">The numbers, by <see cref="ColumnStack"/>.</param>
    /// <param name="edges">For each column its bins' edges, ascending, one more than bins. A bin of no width is always 0.</param>
    /// <param name="name">The layer's name.</param>
    public static GraphValue PiecewiseLinearEncoding(this GraphBuilder graph, GraphValue stack, IReadOnlyList<IReadOnlyList<float>> edges, string? name = null)
    {
        var layer = graph.LayerName(name, "bins");
        var bins = edges[0].Count - 1;
        var lower = edges.SelectMany(e => e.SkipLast(1)).ToArray();
        var factors = edges.SelectMany(e => e.Zip(e.Skip(1), (low, high) => high > low ? 1 / (high - low) : 0)).ToArray();
        var above = graph.Node(Ops.Sub, [stack, graph.Constant<float>(lower, [edges.Count, 1, bins], $"{layer}.lower")], name: $"{layer}.above");
        var share = graph.Node(Ops.Mul, [above, graph.Constant<float>(factors, [edges.Count, 1, bins], $"{layer}.factors")], name: $"{layer}.share");
        return graph.Node(Ops.Clip, [share, graph.Constant(0f, $"{layer}.zero"), graph.Constant(1f, $"{layer}.one")], name: layer);
    }

    /// <summary>
    /// sin 2πcx and cos 2πcx for learnt frequencies c of each column: [columns, batch, 1] → [columns, batch, 2 · frequencies]. The
    /// frequencies "periodic1.frequencies", [columns, 1, frequencies], begin normal with the given standard deviation.
    /// </summary>
    /// <exception cref="GraphException">There is no frequency.</exception>
    public static GraphValue PeriodicEncoding(this GraphBuilder graph, GraphValue stack, int frequencies, double deviation, string? name = null)
    {
        var layer = graph.LayerName(name, "periodic");
        Layer.Require(layer, frequencies, nameof(frequencies));
        var columns = stack.Shape![0].Size!.Value;
        var angles = graph.Node(Ops.Mul, [stack, graph.Constant(2 * MathF.PI, $"{layer}.turn")], name: $"{layer}.angles");
        // Products of one term: as a matrix product, whose gradient sums over the batch at the speed of one.
        var phases = graph.Node(Ops.MatMul, [angles, graph.Initializer(graph.Weights.Normal($"{layer}.frequencies", [columns, 1, frequencies], deviation))], name: $"{layer}.phases");
        return graph.Concat([graph.Node(Ops.Sin, [phases], name: $"{layer}.sin"), graph.Node(Ops.Cos, [phases], name: $"{layer}.cos")], axis: 2, layer);
    }

    /// <summary>
    /// A linear layer of each column's own: [columns, batch, in] → [batch, columns · features]. The weight is [columns, in, features], the
    /// bias [columns · features].
    /// </summary>
    /// <exception cref="GraphException"><paramref name="features"/> is not positive.</exception>
    public static GraphValue ColumnLinear(this GraphBuilder graph, GraphValue stack, int features, string? name = null)
    {
        var layer = graph.LayerName(name, "columnlinear");
        Layer.Require(layer, features, nameof(features));
        var (columns, inputs) = (stack.Shape![0].Size!.Value, stack.Shape[2].Size!.Value);
        var product = graph.Node(Ops.MatMul, [stack, graph.Initializer(graph.Weights.Weight($"{layer}.weight", [columns, inputs, features], inputs, features))], name: $"{layer}.product");
        var rows = graph.Node(Ops.Transpose, [product], [("perm", new long[] { 1, 0, 2 })], $"{layer}.rows");
        return graph.Node(Ops.Add, [graph.Flatten(rows, $"{layer}.flat"), graph.Initializer(graph.Weights.Bias($"{layer}.bias", columns * features, inputs))], name: layer);
    }
}
