using System.Text.Json;
using OnnxPipeline.Models;

namespace OnnxPipeline.Training.Tests;

/// <summary>Nodes whose gradient is checked by finite differences alone.</summary>
public static class OwnCases
{
    private static readonly Dictionary<string, JsonElement> None = [];

    public static IReadOnlyList<ReferenceCase> All { get; } =
    [
        Case("reciprocal", Ops.Reciprocal, None, [Floats("x", 2, 3)], [2, 3]),
        Case("sum of three with broadcasting", Ops.Sum, None, [Floats("a", 2, 3), Floats("b", 3), Floats("c", 2, 1)], [2, 3]),
        Case("squeeze", Ops.Squeeze, None, [Floats("x", 2, 1, 3), Ints("axes", 1)], [2, 3]),
        Case("unsqueeze", Ops.Unsqueeze, None, [Floats("x", 2, 3), Ints("axes", 1)], [2, 1, 3]),
        Case("cast from float to float", Ops.Cast, Attribute("to", (long)ElementType.Float), [Floats("x", 2, 3)], [2, 3]),
        Case("gelu by tanh", Ops.Gelu, Attribute("approximate", "tanh"), [Floats("x", 2, 3)], [2, 3], opset: 20),
        Case("layer norm over two axes", Ops.LayerNormalization, Attribute("axis", 1L), [Floats("x", 2, 3, 4), Floats("scale", 3, 4), Floats("bias", 3, 4)], [2, 3, 4]),
        Case("conv with padding on one side", Ops.Conv, Attribute("pads", new long[] { 1, 0, 0, 2 }), [Floats("x", 2, 2, 5, 5), Floats("w", 3, 2, 3, 3)], [2, 3, 4, 5]),
        Case("conv with auto_pad", Ops.Conv, Attribute("auto_pad", "SAME_UPPER"), [Floats("x", 1, 2, 5, 5), Floats("w", 3, 2, 3, 3)], [1, 3, 5, 5]),
        Case("conv over one axis", Ops.Conv, None, [Floats("x", 2, 3, 7), Floats("w", 4, 3, 3)], [2, 4, 5]),
    ];

    public static TheoryData<string> Names => [.. All.Select(c => c.Name)];

    private static ReferenceCase Case(string name, string op, Dictionary<string, JsonElement> attributes, ReferenceTensor[] inputs, long[] output, long opset = 17)
    {
        var y = Floats("y", output);
        return new ReferenceCase(name, op, Domains.Onnx, opset, attributes, inputs, [y], [.. y.Floats.Select((_, i) => MathF.Cos(i + 1))],
            inputs.Where(i => i.ElementType == ElementType.Float).ToDictionary(i => i.Name, i => i.Floats));
    }

    private static Dictionary<string, JsonElement> Attribute<T>(string name, T value) => new() { [name] = JsonSerializer.SerializeToElement(value) };

    /// <summary>Values between 0.5 and 1.5, all different.</summary>
    private static ReferenceTensor Floats(string name, params long[] shape) =>
        Tensor(name, "float", shape, Enumerable.Range(0, (int)shape.Aggregate(1L, (n, d) => n * d)).Select(i => (double)(float)(1 + 0.5 * Math.Sin(3.7 * i + name.Length))));

    private static ReferenceTensor Ints(string name, params long[] values) => Tensor(name, "int64", [values.Length], values.Select(v => (double)v));

    private static ReferenceTensor Tensor(string name, string type, long[] shape, IEnumerable<double> values) =>
        new(name, shape, type, [.. values]);
}
