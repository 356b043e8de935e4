using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Models.Layers;

/// <summary>Layers without weights that work element by element, or along one axis.</summary>
public static class ActivationLayers
{
    /// <summary>The first standard operator set with Gelu.</summary>
    private const long GeluOpset = 20;

    /// <summary>max(x, 0)</summary>
    public static GraphValue Relu(this GraphBuilder graph, GraphValue input, string? name = null) => Unary(graph, Ops.Relu, "relu", input, name);

    /// <summary>x where positive, slope·x elsewhere.</summary>
    public static GraphValue LeakyRelu(this GraphBuilder graph, GraphValue input, float slope = WeightInitializer.LeakySlope, string? name = null) =>
        graph.Node(Ops.LeakyRelu, [input], [("alpha", slope)], graph.LayerName(name, "leakyrelu"));

    public static GraphValue Tanh(this GraphBuilder graph, GraphValue input, string? name = null) => Unary(graph, Ops.Tanh, "tanh", input, name);

    /// <summary>1 / (1 + e⁻ˣ)</summary>
    public static GraphValue Sigmoid(this GraphBuilder graph, GraphValue input, string? name = null) => Unary(graph, Ops.Sigmoid, "sigmoid", input, name);

    /// <summary>
    /// x·Φ(x) = x/2 · (1 + erf(x/√2)), exact (Hendrycks and Gimpel 2016): one Gelu node from opset 20 on, before it Erf and
    /// arithmetic.
    /// </summary>
    public static GraphValue Gelu(this GraphBuilder graph, GraphValue input, string? name = null)
    {
        var layer = graph.LayerName(name, "gelu");
        if (graph.Opset >= GeluOpset) return graph.Node(Ops.Gelu, [input], name: layer);
        var scaled = graph.Node(Ops.Mul, [input, graph.Constant((float)Math.Sqrt(0.5), $"{layer}.sqrt_half")], name: $"{layer}.scaled");
        var erf = graph.Node(Ops.Erf, [scaled], name: $"{layer}.erf");
        var shifted = graph.Node(Ops.Add, [erf, graph.Constant(1f, $"{layer}.one")], name: $"{layer}.shifted");
        var gated = graph.Node(Ops.Mul, [input, shifted], name: $"{layer}.gated");
        return graph.Node(Ops.Mul, [gated, graph.Constant(0.5f, $"{layer}.half")], name: layer);
    }

    /// <summary>eˣ / Σeˣ along an axis.</summary>
    public static GraphValue Softmax(this GraphBuilder graph, GraphValue input, int axis = -1, string? name = null) =>
        graph.Node(Ops.Softmax, [input], [("axis", axis)], graph.LayerName(name, "softmax"));

    /// <summary>x − log Σeˣ along an axis.</summary>
    public static GraphValue LogSoftmax(this GraphBuilder graph, GraphValue input, int axis = -1, string? name = null) =>
        graph.Node(Ops.LogSoftmax, [input], [("axis", axis)], graph.LayerName(name, "logsoftmax"));

    /// <summary>
    /// Drops elements with probability <paramref name="ratio"/> while training (Srivastava et al. 2014). The node is in
    /// inference form, where it passes everything; training lowers it.
    /// </summary>
    /// <exception cref="GraphException">The ratio is not in [0, 1).</exception>
    public static GraphValue Dropout(this GraphBuilder graph, GraphValue input, double ratio, string? name = null)
    {
        var layer = graph.LayerName(name, "dropout");
        if (ratio is not (>= 0 and < 1)) throw new GraphException($"Layer '{layer}': expected a ratio in [0, 1), found {ratio}.");
        return graph.Node(Ops.Dropout, [input, graph.Constant((float)ratio, $"{layer}.ratio")], name: layer);
    }

    /// <summary>The activation a model's options name, with the slope of a leaky ReLU; none passes the input on.</summary>
    public static GraphValue Activate(this GraphBuilder graph, GraphValue input, Activation activation, float leakySlope = WeightInitializer.LeakySlope) => activation switch
    {
        Activation.None => input,
        Activation.Relu => graph.Relu(input),
        Activation.LeakyRelu => graph.LeakyRelu(input, leakySlope),
        Activation.Tanh => graph.Tanh(input),
        Activation.Sigmoid => graph.Sigmoid(input),
        Activation.Gelu => graph.Gelu(input),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, $"Expected one of {string.Join(", ", Enum.GetNames<Activation>())}."),
    };

    private static GraphValue Unary(GraphBuilder graph, string opType, string kind, GraphValue input, string? name) =>
        graph.Node(opType, [input], name: graph.LayerName(name, kind));
}
