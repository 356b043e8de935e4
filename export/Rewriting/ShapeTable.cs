using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>The shapes of values near the inputs: declared ones, and those that Cast and elementwise nodes with a constant carry on.</summary>
internal sealed class ShapeTable
{
    private readonly Dictionary<string, TensorShape> _shapes = new(StringComparer.Ordinal);

    public ShapeTable(GraphRewriter rewriter)
    {
        foreach (var value in rewriter.Graph.Inputs.Concat(rewriter.Graph.ValueInfos))
        {
            if (value.Type?.Shape is { } shape) _shapes[value.Name] = shape;
        }
        foreach (var node in rewriter.Nodes)
        {
            if (node.Is(Ops.Cast)) Carry(node.Inputs[0], node, []);
            else if (ElementwiseConstant.Of(node, rewriter.Constants) is { } elementwise) Carry(elementwise.Data, node, elementwise.Constant.Dims);
        }
    }

    /// <summary>The shape, or null when it is not known.</summary>
    public TensorShape? Of(string value) => _shapes.GetValueOrDefault(value);

    /// <summary>The result has the data's shape unless the constant, aligned at the last axis, enlarges it.</summary>
    private void Carry(string data, Node node, IReadOnlyList<long> constant)
    {
        if (!_shapes.TryGetValue(data, out var shape) || constant.Count > shape.Rank) return;
        var offset = shape.Rank - constant.Count;
        for (var i = 0; i < constant.Count; i++)
        {
            if (constant[i] != 1 && constant[i] != shape[offset + i].Size) return;
        }
        _shapes.TryAdd(node.Outputs[0], shape);
    }
}
