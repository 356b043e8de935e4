namespace OnnxPipeline.Models.Layers;

/// <summary>Skip connections.</summary>
public static class ResidualLayers
{
    /// <summary>
    /// path(x) + x. Where the path changes an image's channels, or its size by a stride, x goes through a 1x1 convolution without
    /// bias, "projection1" (He et al. 2016, option B).
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="input">x, [N,C,H,W].</param>
    /// <param name="path">Builds the path's layers.</param>
    /// <param name="stride">The product of the strides on the path.</param>
    /// <param name="batchNorm">Whether the projection is followed by batch normalisation, as in ResNet-18.</param>
    /// <exception cref="GraphException">The path's output and the projected input differ in shape.</exception>
    public static GraphValue Residual2d(this GraphBuilder graph, GraphValue input, Func<GraphValue, GraphValue> path, int stride = 1, bool batchNorm = false)
    {
        var output = path(input);
        var channels = (int)Layer.Channels("residual", output, "[N,C,H,W]", 4);
        if (stride == 1 && input.Shape![1].Size == channels) return graph.Add(output, input);
        var skip = graph.Conv2d(input, channels, kernel: 1, stride, bias: false, name: graph.Numbered("projection"));
        return graph.Add(output, batchNorm ? graph.BatchNorm2d(skip, name: $"{skip.Name}.bn") : skip);
    }
}
