using OnnxPipeline.Compression.Quantization.Scheme;
using OnnxPipeline.Export.Rewriting;

namespace OnnxPipeline.Compression.Quantization.Placement;

/// <summary>
/// A value that is a·pixel + b of a raw uint8 input. The pixels are its quantised form already, with scale a and the zero point nearest
/// to −b/a, so that nothing is rounded and the nodes that made it float go. What the zero point is off by is the same for every pixel.
/// </summary>
/// <param name="Image">The uint8 input.</param>
/// <param name="Path">Nodes between them that only arrange elements, from the input on.</param>
/// <param name="Parameters">Of the value.</param>
/// <param name="Residual">The value less what scale and zero point make of the pixel; at most half the scale.</param>
internal sealed record PixelInput(string Image, IReadOnlyList<Node> Path, QuantizationParameters Parameters, double Residual)
{
    /// <summary>The value so read; null when something else is done to the pixels, or not the same to each of them.</summary>
    public static PixelInput? Of(string value, GraphFacts facts)
    {
        var (factor, shift) = (1.0, 0.0);
        var path = new List<Node>();
        while (facts.Topology.Producer(value) is { } node)
        {
            if (node.Is(Ops.Cast)) return IsPixels(node.Inputs[0], facts.Graph) ? Of(node.Inputs[0], path, factor, shift) : null;
            if (node.Is(Ops.Flatten) || node.Is(Ops.Reshape) || node.Is(Ops.Transpose))
            {
                path.Insert(0, node);
                value = node.Inputs[0];
            }
            else if (ElementwiseConstant.Of(node, facts.Constants) is { } elementwise && Affine(elementwise, facts) is var (a, b))
                (factor, shift, value) = (factor * a, factor * b + shift, elementwise.Data);
            else return null;
        }
        return null;
    }

    private static bool IsPixels(string value, Graph graph) => graph.Input(value) is { Type.Element: ElementType.UInt8 } && !graph.Initializers.Contains(value);

    private static PixelInput? Of(string image, IReadOnlyList<Node> path, double factor, double shift)
    {
        var zero = Math.Round(-shift / factor);
        if (!(factor > 0) || !(zero is >= 0 and <= byte.MaxValue)) return null;
        var parameters = new QuantizationParameters((float)factor, (int)zero, IntegerRange.UInt8);
        return new PixelInput(image, path, parameters, factor * zero + shift);
    }

    /// <summary>The node as a·x + b with one factor and one shift for every element of x, whose shape it keeps; else null.</summary>
    private static (double Factor, double Shift)? Affine(ElementwiseConstant elementwise, GraphFacts facts)
    {
        if (TensorReader.ToDoubles(elementwise.Constant) is not [var constant, ..] values || values.Any(v => v != constant)) return null;
        if (facts.TypeOf(elementwise.Data).Shape is not { } shape || !shape.Equals(facts.TypeOf(elementwise.Node.Outputs[0]).Shape)) return null;
        return elementwise.Node.OpType switch
        {
            Ops.Add => (1, constant),
            Ops.Sub => elementwise.ConstantFirst ? (-1, constant) : (1, -constant),
            Ops.Mul => (constant, 0),
            _ => (1 / constant, 0),
        };
    }
}
