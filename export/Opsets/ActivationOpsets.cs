using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Opsets;

/// <summary>Activations that came with a later version, as the older operators that they are made of.</summary>
internal static class ActivationOpsets
{
    /// <summary>x · HardSigmoid(x; 1/6, 1/2).</summary>
    public static string? HardSwish(Node node, OpsetGraph graph)
    {
        var gate = graph.Emit(node, Ops.HardSigmoid, [node.Inputs[0]], attributes: n => n.Set("alpha", 1f / 6).Set("beta", 0.5f));
        graph.Emit(node, Ops.Mul, [node.Inputs[0], gate], last: true);
        return null;
    }

    /// <summary>x · tanh(softplus(x)).</summary>
    public static string? Mish(Node node, OpsetGraph graph)
    {
        var gate = graph.Emit(node, Ops.Tanh, [graph.Emit(node, Ops.Softplus, [node.Inputs[0]])]);
        graph.Emit(node, Ops.Mul, [node.Inputs[0], gate], last: true);
        return null;
    }

    /// <summary>x/2 · (1 + erf(x/√2)), or with approximate="tanh" x/2 · (1 + tanh(√(2/π) · (x + 0.044715·x³))).</summary>
    public static string? Gelu(Node node, OpsetGraph graph)
    {
        var x = node.Inputs[0];
        if (graph.ElementOf(x) is not (ElementType.Float or ElementType.Double) || graph.ElementOf(x) is not { } type)
            return $"its input '{x}' is {graph.ElementOf(x)?.ToString() ?? "of no known type"}; only Float and Double are taken apart";
        string Number(string name, double value) => graph.Number($"{node.Outputs[0]}/{name}", type, value);

        string inner;
        if (node.String("approximate") == "tanh")
        {
            var cube = graph.Emit(node, Ops.Mul, [graph.Emit(node, Ops.Mul, [x, x]), x]);
            var sum = graph.Emit(node, Ops.Add, [x, graph.Emit(node, Ops.Mul, [cube, Number("cubic", 0.044715)])]);
            inner = graph.Emit(node, Ops.Tanh, [graph.Emit(node, Ops.Mul, [sum, Number("scale", Math.Sqrt(2 / Math.PI))])]);
        }
        else
        {
            inner = graph.Emit(node, Ops.Erf, [graph.Emit(node, Ops.Mul, [x, Number("scale", Math.Sqrt(0.5))])]);
        }
        var gate = graph.Emit(node, Ops.Mul, [graph.Emit(node, Ops.Add, [inner, Number("one", 1)]), Number("half", 0.5)]);
        graph.Emit(node, Ops.Mul, [x, gate], last: true);
        return null;
    }
}
