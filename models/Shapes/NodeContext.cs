namespace OnnxPipeline.Models.Shapes;

/// <summary>What a shape rule may look at: the node, its opset, and what is known of its inputs.</summary>
internal sealed class NodeContext(Node node, long opset, TypeTable table)
{
    public Node Node => node;

    /// <summary>The version of the operator set that the node's domain is imported at.</summary>
    public long Opset => opset;

    public bool IsStandard => node.Domain.Length == 0;

    public int InputCount => node.Inputs.Count;

    /// <summary>The type of a required input.</summary>
    public TensorType Type(int input) => Optional(input) ?? throw Error($"input {input}", "none");

    public TensorType? Optional(int input) => node.Input(input) is { } name ? table.TypeOf(name, node) : null;

    public TensorShape? Shape(int input) => Type(input).Shape;

    /// <summary>The shape of a required input if known, of at least <paramref name="rank"/> axes.</summary>
    public TensorShape? ShapeFrom(int input, int rank, string layout) => Shape(input) is not { } shape || shape.Rank >= rank
        ? Shape(input)
        : throw Error($"input {input} of shape {layout}", $"{shape}");

    /// <summary>The shape of an input if it is there and known, of exactly <paramref name="rank"/> axes.</summary>
    public TensorShape? ShapeOf(int input, int rank, string layout) => Optional(input)?.Shape is not { } shape || shape.Rank == rank
        ? Optional(input)?.Shape
        : throw Error($"input {input} of shape {layout}", $"{shape}");

    /// <summary>An input that is one value for each of <paramref name="size"/> channels.</summary>
    public void Vector(int input, Dimension size, string layout)
    {
        if (ShapeOf(input, 1, layout) is { } shape && !Dimensions.MayEqual(shape[0], size))
            throw Error($"input {input} ('{node.Inputs[input]}') of shape [{size}]", $"{shape}");
    }

    public Initializer? Constant(int input) => node.Input(input) is { } name ? table.Constant(name) : null;

    /// <summary>The elements of an integer input of at most one axis, as far as they are known; null when not even their number is.</summary>
    public IReadOnlyList<Dimension>? Values(int input) => node.Input(input) is { } name ? table.Values(name) : null;

    /// <summary>The elements of an integer input, when all are known.</summary>
    public long[]? Integers(int input) => Values(input) is { } values && values.All(v => v.Size is not null) ? [.. values.Select(v => v.Size!.Value)] : null;

    /// <summary>The value of a constant input of one number.</summary>
    public double? Number(int input) => Constant(input) is not { ElementCount: 1 } one ? null : one.ElementType switch
    {
        ElementType.Float => one.Span<float>()[0],
        ElementType.Double => one.Span<double>()[0],
        ElementType.Int64 => one.Span<long>()[0],
        ElementType.Int32 => one.Span<int>()[0],
        ElementType.Int16 => one.Span<short>()[0],
        _ => null,
    };

    /// <summary>The common element type of these inputs; absent and unknown ones are passed over.</summary>
    public ElementType Element(params IEnumerable<int> inputs)
    {
        var (common, from) = (ElementType.Undefined, 0);
        foreach (var input in inputs)
        {
            var element = Optional(input)?.Element ?? ElementType.Undefined;
            if (element == ElementType.Undefined) continue;
            if (common != ElementType.Undefined && common != element)
                throw Error($"inputs of one element type ('{node.Inputs[from]}' is {common})", $"'{node.Inputs[input]}' of {element}");
            (common, from) = (element, input);
        }
        return common;
    }

    /// <summary>As <see cref="Element"/>, and a floating-point type.</summary>
    public ElementType FloatElement(params IEnumerable<int> inputs)
    {
        var element = Element(inputs);
        return element == ElementType.Undefined || element.IsFloatingPoint() ? element : throw Error("floating-point inputs", $"'{node.Inputs[inputs.First()]}' of {element}; a Cast node makes it one");
    }

    public void Require(int input, ElementType element)
    {
        if (Optional(input)?.Element is { } found && found != element && found != ElementType.Undefined)
            throw Error($"input {input} ('{node.Inputs[input]}') of {element}", $"{found}");
    }

    /// <summary>An axis counted from the front; a negative one counts from the end.</summary>
    public int Axis(long axis, int rank) => axis >= -rank && axis < rank
        ? (int)(axis < 0 ? axis + rank : axis)
        : throw Error($"an axis from {-rank} to {rank - 1}", $"{axis}");

    public GraphException Error(string expected, string found) => new(node, expected, found);
}
