namespace OnnxPipeline.Models.Shapes;

/// <summary>Rules of operators that work element by element, with broadcasting.</summary>
internal static class ElementwiseShapes
{
    /// <summary>The type of the first input, whatever it is.</summary>
    public static TensorType[] Same(NodeContext c) => [c.Type(0)];

    /// <summary>The type of the first input, which must be of floating point.</summary>
    public static TensorType[] Float(NodeContext c) => [c.Type(0) with { Element = c.FloatElement(0) }];

    /// <summary>One input; a boolean for each element.</summary>
    public static TensorType[] Test(NodeContext c) => [new(ElementType.Bool, c.Shape(0))];

    public static TensorType[] Not(NodeContext c)
    {
        c.Require(0, ElementType.Bool);
        return Test(c);
    }

    /// <summary>Softmax and its kin: floating point, and an axis within the rank.</summary>
    public static TensorType[] AlongAxis(NodeContext c)
    {
        if (c.Shape(0) is { Rank: > 0 } shape) c.Axis(c.Node.Int("axis", c.Opset < 13 ? 1 : -1), shape.Rank);
        return Float(c);
    }

    /// <summary>Any number of inputs of one element type. Before opset 7 the second one stretched to the first, by an attribute.</summary>
    public static TensorType[] Arithmetic(NodeContext c) => [new(c.Element(Inputs(c)), c.Opset < 7 ? c.Shape(0) : Broadcast(c, Inputs(c)))];

    /// <summary>As <see cref="Arithmetic"/>, of exactly two.</summary>
    public static TensorType[] Binary(NodeContext c) => c.InputCount == 2 ? Arithmetic(c) : throw c.Error("2 inputs", $"{c.InputCount}");

    /// <summary>The exponent may be of another type.</summary>
    public static TensorType[] Pow(NodeContext c) => [new(c.Type(0).Element, c.Opset < 7 ? c.Shape(0) : Broadcast(c, [0, 1]))];

    public static TensorType[] Comparison(NodeContext c)
    {
        c.Element(0, 1);
        return [new(ElementType.Bool, c.Opset < 7 ? c.Shape(0) : Broadcast(c, [0, 1]))];
    }

    public static TensorType[] Logical(NodeContext c)
    {
        c.Require(0, ElementType.Bool);
        c.Require(1, ElementType.Bool);
        return Comparison(c);
    }

    public static TensorType[] Where(NodeContext c)
    {
        c.Require(0, ElementType.Bool);
        return [new(c.Element(1, 2), Broadcast(c, [0, 1, 2]))];
    }

    /// <summary>The slope, or the bias, stretches to the first input, never the other way.</summary>
    public static TensorType[] OntoFirst(NodeContext c)
    {
        var shape = c.Shape(0);
        if ((c.Opset >= 7 || !c.IsStandard) && shape is not null && c.Shape(1) is { } other && (other.Rank > shape.Rank || Broadcast(c, [0, 1]) is { } both && !Dimensions.MayEqual(both, shape)))
            throw c.Error($"input 1 ('{c.Node.Inputs[1]}') of a shape that stretches to {shape}", $"{other}");
        return [new(c.Element(0, 1), shape)];
    }

    public static TensorType[] Cast(NodeContext c)
    {
        var to = (ElementType)c.Node.Int("to", 0);
        if (to == ElementType.Undefined || !Enum.IsDefined(to)) throw c.Error("attribute 'to' to be an element type", $"{(int)to}");
        return [new(to, c.Shape(0))];
    }

    public static TensorType[] CastLike(NodeContext c) => [new(c.Type(1).Element, c.Shape(0))];

    public static TensorType[] Clip(NodeContext c)
    {
        if (c.Opset < 11) return Same(c);
        c.ShapeOf(1, 0, "[] (a scalar)");
        c.ShapeOf(2, 0, "[] (a scalar)");
        return [new(c.Element(0, 1, 2), c.Shape(0))];
    }

    /// <summary>The output, and the mask of what was kept.</summary>
    public static TensorType[] Dropout(NodeContext c)
    {
        var type = c.Type(0) with { Element = c.FloatElement(0) };
        c.Require(2, ElementType.Bool);
        return [type, type with { Element = c.Opset < 10 ? type.Element : ElementType.Bool }];
    }

    private static TensorShape? Broadcast(NodeContext c, IEnumerable<int> inputs)
    {
        TensorShape? result = null;
        var first = true;
        foreach (var input in inputs)
        {
            if (c.Shape(input) is not { } shape) return null;
            result = first ? shape : Broadcasting.Broadcast(result!, shape)
                ?? throw c.Error($"shapes that broadcast ('{c.Node.Inputs[input]}' against {result})", $"{shape}");
            first = false;
        }
        return result;
    }

    private static IEnumerable<int> Inputs(NodeContext c) => Enumerable.Range(0, Math.Max(1, c.InputCount));
}
