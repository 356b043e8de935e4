namespace OnnxPipeline.Models.Layers;

/// <summary>Layers that reduce the positions of images [N,C,H,W].</summary>
public static class PoolingLayers
{
    /// <summary>The largest value under each square window; the stride is the kernel unless given.</summary>
    /// <exception cref="GraphException">The window does not fit the image.</exception>
    public static GraphValue MaxPool2d(this GraphBuilder graph, GraphValue input, int kernel, int? stride = null, int padding = 0, string? name = null) =>
        Pool(graph, Ops.MaxPool, "maxpool", input, kernel, stride, padding, [], name);

    /// <summary>The mean under each square window; padding counts as zeros, as in PyTorch.</summary>
    /// <exception cref="GraphException">The window does not fit the image.</exception>
    public static GraphValue AveragePool2d(this GraphBuilder graph, GraphValue input, int kernel, int? stride = null, int padding = 0, string? name = null) =>
        Pool(graph, Ops.AveragePool, "avgpool", input, kernel, stride, padding, [("count_include_pad", 1)], name);

    /// <summary>The mean of all positions: [N,C,H,W] → [N,C,1,1].</summary>
    public static GraphValue GlobalAveragePool(this GraphBuilder graph, GraphValue input, string? name = null) =>
        graph.Node(Ops.GlobalAveragePool, [input], name: graph.LayerName(name, "globalpool"));

    private static GraphValue Pool(
        GraphBuilder graph, string opType, string kind, GraphValue input, int kernel, int? stride, int padding, (string, AttributeValue)[] attributes, string? name)
    {
        var layer = graph.LayerName(name, kind);
        Layer.Require(layer, kernel, nameof(kernel));
        Layer.Require(layer, stride ?? kernel, nameof(stride));
        if (padding < 0 || padding > kernel / 2) throw new GraphException($"Layer '{layer}': expected padding from 0 to half the kernel of {kernel}, found {padding}.");
        return graph.Node(opType, [input],
            [
                ("kernel_shape", Layer.Square(kernel, 2)),
                ("strides", Layer.Square(stride ?? kernel, 2)),
                ("pads", Layer.Square(padding, 4)),
                .. attributes,
            ],
            layer);
    }
}
