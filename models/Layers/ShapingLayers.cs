namespace OnnxPipeline.Models.Layers;

/// <summary>Layers that join or rearrange values, and the one that takes pixels in.</summary>
public static class ShapingLayers
{
    /// <summary>[batch, …] → [batch, product of the rest].</summary>
    public static GraphValue Flatten(this GraphBuilder graph, GraphValue input, string? name = null) =>
        graph.Node(Ops.Flatten, [input], [("axis", 1)], graph.LayerName(name, "flatten"));

    /// <summary>The residual sum of two values of one shape (He et al. 2016).</summary>
    public static GraphValue Add(this GraphBuilder graph, GraphValue a, GraphValue b, string? name = null) =>
        graph.Node(Ops.Add, [a, b], name: graph.LayerName(name, "add"));

    /// <summary>The inputs one after another along an axis; by default that of the channels.</summary>
    public static GraphValue Concat(this GraphBuilder graph, IEnumerable<GraphValue> inputs, int axis = 1, string? name = null) =>
        graph.Node(Ops.Concat, inputs.Select(i => i.Name), [("axis", axis)], graph.LayerName(name, "concat"));

    /// <summary>
    /// Raw pixels to normalised floats, (x/255 − mean)/std a channel: uint8 [N,C,H,W] → float. The constants are in Constant
    /// nodes, so that no training changes them.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="pixels">uint8 [N,C,H,W].</param>
    /// <param name="mean">One mean a channel, on the scale 0 to 1.</param>
    /// <param name="std">One standard deviation a channel, on the scale 0 to 1.</param>
    /// <param name="name">The layer's name.</param>
    /// <exception cref="GraphException">There is not one mean and one positive standard deviation a channel.</exception>
    public static GraphValue NormalizePixels(this GraphBuilder graph, GraphValue pixels, IReadOnlyList<float> mean, IReadOnlyList<float> std, string? name = null)
    {
        var layer = graph.LayerName(name, "normalize");
        var channels = Layer.Channels(layer, pixels, "[N,C,H,W]", 4);
        if (mean.Count != channels || std.Count != channels)
            throw new GraphException($"Layer '{layer}': expected {channels} means and standard deviations, one a channel of '{pixels.Name}', found {mean.Count} and {std.Count}.");
        if (std.Any(s => s is not (> 0 and < float.PositiveInfinity)) || !mean.All(float.IsFinite))
            throw new GraphException($"Layer '{layer}': expected finite means and positive standard deviations, found [{string.Join(", ", mean)}] and [{string.Join(", ", std)}].");

        var values = graph.Node(Ops.Cast, [pixels], [("to", (long)ElementType.Float)], $"{layer}.float");
        var offset = graph.Constant<float>([.. mean.Select(m => m * 255)], [channels, 1, 1], $"{layer}.offset");
        var factor = graph.Constant<float>([.. std.Select(s => 1 / (s * 255))], [channels, 1, 1], $"{layer}.factor");
        return graph.Node(Ops.Mul, [graph.Node(Ops.Sub, [values, offset], name: $"{layer}.centred"), factor], name: layer);
    }
}
