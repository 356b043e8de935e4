namespace OnnxPipeline.Models.Layers;

/// <summary>Layers with weights. Their initializers are named after the layer as PyTorch does: "conv1.weight", "conv1.bias".</summary>
public static class WeightedLayers
{
    /// <summary>y = x·Wᵀ + b: [batch, in] → [batch, features]. W is [features, in], as PyTorch keeps it.</summary>
    /// <exception cref="GraphException">The input is not [batch, in] with a known number of inputs, or <paramref name="features"/> is not positive.</exception>
    public static GraphValue Linear(this GraphBuilder graph, GraphValue input, int features, bool bias = true, string? name = null)
    {
        var layer = graph.LayerName(name, "linear");
        var inputs = Layer.Channels(layer, input, "[batch,in]", 2);
        Layer.Require(layer, features, nameof(features));
        string[] operands = [input, graph.Initializer(graph.Weights.Weight($"{layer}.weight", [features, inputs], inputs, features))];
        if (bias) operands = [.. operands, graph.Initializer(graph.Weights.Bias($"{layer}.bias", features, inputs))];
        return graph.Node(Ops.Gemm, operands, [("transB", 1)], layer);
    }

    /// <summary>A convolution with a square kernel: [N,C,H,W] → [N,channels,H',W']. W is [channels, C/groups, kernel, kernel].</summary>
    /// <exception cref="GraphException">The input is no image of known channels, groups do not divide the channels, or the kernel does not fit the image.</exception>
    public static GraphValue Conv2d(
        this GraphBuilder graph, GraphValue input, int channels, int kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1, bool bias = true, string? name = null)
    {
        var layer = graph.LayerName(name, "conv");
        var inputs = Layer.Channels(layer, input, "[N,C,H,W]", 4);
        Layer.Require(layer, channels, nameof(channels));
        Layer.Require(layer, kernel, nameof(kernel));
        Layer.Require(layer, stride, nameof(stride));
        Layer.Require(layer, dilation, nameof(dilation));
        Layer.Require(layer, groups, nameof(groups));
        if (padding < 0) throw new GraphException($"Layer '{layer}': expected padding of at least 0, found {padding}.");
        if (inputs % groups != 0 || channels % groups != 0)
            throw new GraphException($"Layer '{layer}': expected groups that divide the {inputs} channels of '{input.Name}' and the {channels} of the output, found {groups}.");

        var area = (long)kernel * kernel;
        var weight = graph.Weights.Weight($"{layer}.weight", [channels, inputs / groups, kernel, kernel], inputs / groups * area, channels / groups * area);
        string[] operands = [input, graph.Initializer(weight)];
        if (bias) operands = [.. operands, graph.Initializer(graph.Weights.Bias($"{layer}.bias", channels, inputs / groups * area))];
        return graph.Node(Ops.Conv, operands,
            [
                ("kernel_shape", Layer.Square(kernel, 2)),
                ("strides", Layer.Square(stride, 2)),
                ("pads", Layer.Square(padding, 4)),
                ("dilations", Layer.Square(dilation, 2)),
                ("group", groups),
            ],
            layer);
    }

    /// <summary>Batch normalisation of features [batch, C] or sequences [batch, C, length] (Ioffe and Szegedy 2015).</summary>
    /// <inheritdoc cref="BatchNorm2d"/>
    public static GraphValue BatchNorm1d(this GraphBuilder graph, GraphValue input, float epsilon = 1e-5f, float momentum = 0.9f, bool scale = true, string? name = null) =>
        BatchNorm(graph, input, "[batch,C] or [batch,C,length]", epsilon, momentum, scale, name, 2, 3);

    /// <summary>Batch normalisation of images [N,C,H,W] (Ioffe and Szegedy 2015), in inference form.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="input">What is normalised, channel by channel.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="momentum">ONNX's, the share that is kept: running = 0.9·running + 0.1·batch, which PyTorch calls a momentum of 0.1.</param>
    /// <param name="scale">Whether there is a learnt factor a channel; without, it is 1, in a Constant node.</param>
    /// <param name="name">The layer's name.</param>
    /// <exception cref="GraphException">The input has another rank or an unknown number of channels.</exception>
    public static GraphValue BatchNorm2d(this GraphBuilder graph, GraphValue input, float epsilon = 1e-5f, float momentum = 0.9f, bool scale = true, string? name = null) =>
        BatchNorm(graph, input, "[N,C,H,W]", epsilon, momentum, scale, name, 4);

    private static GraphValue BatchNorm(GraphBuilder graph, GraphValue input, string layout, float epsilon, float momentum, bool scale, string? name, params int[] ranks)
    {
        var layer = graph.LayerName(name, "bn");
        var channels = Layer.Channels(layer, input, layout, ranks);
        float[] ones = [.. Enumerable.Repeat(1f, (int)channels)];
        return graph.Node(Ops.BatchNormalization,
            [
                input,
                scale ? graph.Initializer(Initializer.Create<float>($"{layer}.weight", ones, channels)) : graph.Constant<float>(ones, [channels], $"{layer}.weight"),
                graph.Initializer(Initializer.Zeros($"{layer}.bias", ElementType.Float, channels)),
                graph.Initializer(Initializer.Zeros($"{layer}.running_mean", ElementType.Float, channels)),
                graph.Initializer(Initializer.Create<float>($"{layer}.running_var", ones, channels)),
            ],
            [("epsilon", epsilon), ("momentum", momentum)],
            layer);
    }
}
