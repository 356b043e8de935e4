using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Training.Autodiff;

/// <summary>What a gradient rule sees of the walk: its node, the gradients of the node's outputs, and a pen.</summary>
internal sealed class GradientContext(
    Node node, GraphWriter writer, InferredGraph known, IReadOnlyList<string?> outputGradients,
    FactoredGradients factored, IReadOnlySet<string> active)
{
    public Node Node => node;

    public GraphWriter Writer => writer;

    /// <summary>The gradient of the first output.</summary>
    /// <exception cref="AutodiffException">Only another output has one.</exception>
    public string Gradient => factored.Multiply(First);

    /// <summary>The gradient of the first output as a tensor and, where it was left so, a factor for each channel.</summary>
    /// <exception cref="AutodiffException">Only another output has one.</exception>
    public (string Tensor, string? Factor) FactoredGradient => (First, factored.FactorOf(First));

    private string First => outputGradients[0]
        ?? throw new AutodiffException($"{node.DisplayName}: only a secondary output is used by the loss, which the gradient rule of {node.OpType} does not cover.");

    /// <summary>The gradient of an output, or null when the loss does not depend on it.</summary>
    public string? GradientOf(int output) => output < outputGradients.Count && outputGradients[output] is { } gradient ? factored.Multiply(gradient) : null;

    /// <summary>Leaves the gradient of the first input as a product, for its producer's rule to make the best of.</summary>
    public string Factored(string tensor, string factor) => factored.Declare(tensor, factor, Shape(X()).Rank);

    /// <summary>Whether the loss can reach a trained value through this input; when it cannot, its gradient need not be written.</summary>
    public bool Needs(int input) => node.Input(input) is { } name && active.Contains(name);

    public string X(int input = 0) => node.Inputs[input];

    public string Y(int output = 0) => node.Outputs[output];

    /// <summary>An optional output of the forward node, added to it when it was left out.</summary>
    public string OutputOrNew(int output, string name)
    {
        if (node.Output(output) is { } known) return known;
        while (node.Outputs.Count <= output) node.Outputs.Add("");
        return node.Outputs[output] = writer.Fresh($"{node.Outputs[0]}.{name}");
    }

    /// <summary>The shape of a value of the forward graph.</summary>
    /// <exception cref="AutodiffException">Shape inference could not tell even its rank.</exception>
    public TensorShape Shape(string value) => known.Types.TryGetValue(value, out var type) && type.Shape is { } shape
        ? shape
        : throw new AutodiffException($"{node.DisplayName}: the rank of '{value}' is unknown, and the gradient of {node.OpType} needs it. Run shape inference with known input shapes.");

    public ElementType Element(string value) => known.Types.TryGetValue(value, out var type) ? type.Element : ElementType.Undefined;

    /// <summary>The size of an axis that the rule needs to know.</summary>
    /// <exception cref="AutodiffException">The axis is symbolic or unknown.</exception>
    public long Size(string value, int axis) => Shape(value)[axis].Size
        ?? throw new AutodiffException($"{node.DisplayName}: axis {axis} of '{value}' {Shape(value)} must have a known size for the gradient of {node.OpType}.");

    public string Op(string opType, params IEnumerable<string> inputs) => writer.Op(opType, inputs);

    public string Op(string opType, Action<Node> attributes, params IEnumerable<string> inputs) => writer.Op(opType, attributes, inputs);

    public string Constant(float value) => writer.Constant(value);

    /// <summary>Reshapes <paramref name="gradient"/> to the shape of <paramref name="value"/>, with a constant shape where at most one axis is open.</summary>
    public string ReshapeLike(string gradient, string value) => Op(Ops.Reshape, gradient, ShapeOf(value));

    /// <summary>A shape to reshape to: constant when at most one axis is open, else read from the value at run time.</summary>
    public string ShapeOf(string value)
    {
        var shape = Shape(value);
        return shape.Count(d => d.Size is null) <= 1
            ? writer.Constant([.. shape.Select(d => d.Size ?? -1)])
            : Op(Ops.Shape, value);
    }

    /// <summary>The shape at run time, for Expand, which takes no open axis.</summary>
    public string RuntimeShapeOf(string value)
    {
        var shape = Shape(value);
        return shape.IsStatic ? writer.Constant(shape.ToSizes()) : Op(Ops.Shape, value);
    }

    /// <summary>Zeros in the shape of <paramref name="value"/>.</summary>
    public string ZerosLike(string value) => Op(Ops.ConstantOfShape, known.Types.TryGetValue(value, out var type) && type.Shape is { IsStatic: true } shape ? writer.Constant(shape.ToSizes()) : Op(Ops.Shape, value));

    /// <summary>As float32: booleans as 0 and 1, integers as they are.</summary>
    public string ToFloat(string value) => Op(Ops.Cast, n => n.Set("to", (long)ElementType.Float), value);

    /// <summary>How many elements a value has along axes together.</summary>
    /// <exception cref="AutodiffException">The size of one of them is not known.</exception>
    public long Count(string value, IEnumerable<long> axes) => axes.Aggregate(1L, (count, axis) => count * Size(value, (int)axis));

    /// <summary>Sums over axes; with none it is the value itself.</summary>
    public string ReduceSum(string value, IReadOnlyList<long> axes, bool keepDims) => axes.Count == 0
        ? value
        : Op(Ops.ReduceSum, n => n.Set("keepdims", keepDims ? 1L : 0L), value, writer.Constant([.. axes]));

    /// <summary>The elements of an int64 constant, or of a value that is one whatever the graph's inputs hold; null when it depends on them.</summary>
    public long[]? ConstantInts(string value) =>
        Constants.Find(writer.Graph, value) is { ElementType: ElementType.Int64 } tensor ? tensor.Span<long>().ToArray() : known.Integers(value);

    /// <summary>An axis counted from the front, where a negative one counts from the back.</summary>
    public static int Axis(long axis, int rank) => (int)(axis < 0 ? axis + rank : axis);
}
