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
        Case("swish", Ops.Swish, Attribute("alpha", 1.5f), [Floats("x", 2, 3)], [2, 3], opset: 24),
        Case("transposed conv with an output shape", Ops.ConvTranspose, Attribute("output_shape", new long[] { 6, 7 }).And("strides", new long[] { 2, 2 }), [Floats("x", 1, 2, 3, 3), Floats("w", 2, 3, 3, 3)], [1, 3, 6, 7]),
        Case("transposed conv with auto_pad", Ops.ConvTranspose, Attribute("auto_pad", "SAME_UPPER").And("strides", new long[] { 2, 2 }), [Floats("x", 1, 2, 3, 3), Floats("w", 2, 3, 3, 3)], [1, 3, 6, 6]),
        Case("pad of some axes", Ops.Pad, None, [Floats("x", 2, 3), Ints("pads", 1, 2), Floats("value"), Ints("axes", 1)], [2, 6], opset: 18) with { Gradients = new Dictionary<string, float[]> { ["x"] = [] } },
        Case("top k without its places", Ops.TopK, None, [Floats("x", 2, 5), Ints("k", 3)], [2, 3]),
        .. Resizes(),
        Case("layer norm over two axes", Ops.LayerNormalization, Attribute("axis", 1L), [Floats("x", 2, 3, 4), Floats("scale", 3, 4), Floats("bias", 3, 4)], [2, 3, 4]),
        Case("conv with padding on one side", Ops.Conv, Attribute("pads", new long[] { 1, 0, 0, 2 }), [Floats("x", 2, 2, 5, 5), Floats("w", 3, 2, 3, 3)], [2, 3, 4, 5]),
        Case("conv with auto_pad", Ops.Conv, Attribute("auto_pad", "SAME_UPPER"), [Floats("x", 1, 2, 5, 5), Floats("w", 3, 2, 3, 3)], [1, 3, 5, 5]),
        Case("conv over one axis", Ops.Conv, None, [Floats("x", 2, 3, 7), Floats("w", 4, 3, 3)], [2, 4, 5]),
    ];

    public static TheoryData<string> Names => [.. All.Select(c => c.Name)];

    /// <summary>Every way to find a source position that PyTorch does not have, and every rounding of it.</summary>
    private static IEnumerable<ReferenceCase> Resizes()
    {
        ReferenceTensor[] inputs = [Floats("x", 1, 2, 3, 5), Tensor("roi", "float", [0], []), Tensor("scales", "float", [4], [1, 1, 1.5, 0.7])];
        foreach (var transformation in new[] { "half_pixel", "pytorch_half_pixel", "asymmetric", "half_pixel_symmetric" })
        {
            foreach (var rounding in new[] { "round_prefer_floor", "round_prefer_ceil", "floor", "ceil" })
                yield return Resize($"resize {transformation} {rounding}", Attribute("coordinate_transformation_mode", transformation).And("nearest_mode", rounding));
            yield return Resize($"resize linear {transformation}", Attribute("coordinate_transformation_mode", transformation).And("mode", "linear"));
        }
        yield return Resize("resize cubic without what is outside", Attribute("mode", "cubic").And("exclude_outside", 1L));
        yield return Resize("resize cubic of another coefficient", Attribute("mode", "cubic").And("cubic_coeff_a", -0.5f));

        ReferenceCase Resize(string name, Dictionary<string, JsonElement> attributes) => Case(name, Ops.Resize, attributes, inputs, [1, 2, 4, 3], opset: 19) with
        {
            Gradients = new Dictionary<string, float[]> { ["x"] = [] },
            Initializers = ["roi", "scales"],
        };
    }

    private static ReferenceCase Case(string name, string op, Dictionary<string, JsonElement> attributes, ReferenceTensor[] inputs, long[] output, long opset = 17)
    {
        var y = Floats("y", output);
        return new ReferenceCase(name, op, Domains.Onnx, opset, attributes, inputs, [y], [.. y.Floats.Select((_, i) => MathF.Cos(i + 1))],
            inputs.Where(i => i.ElementType == ElementType.Float).ToDictionary(i => i.Name, i => i.Floats));
    }

    private static Dictionary<string, JsonElement> Attribute<T>(string name, T value) => new() { [name] = JsonSerializer.SerializeToElement(value) };

    private static Dictionary<string, JsonElement> And<T>(this Dictionary<string, JsonElement> attributes, string name, T value)
    {
        attributes.Add(name, JsonSerializer.SerializeToElement(value));
        return attributes;
    }

    /// <summary>Values between 0.5 and 1.5, all different.</summary>
    private static ReferenceTensor Floats(string name, params long[] shape) =>
        Tensor(name, "float", shape, Enumerable.Range(0, (int)shape.Aggregate(1L, (n, d) => n * d)).Select(i => (double)(float)(1 + 0.5 * Math.Sin(3.7 * i + name.Length))));

    private static ReferenceTensor Ints(string name, params long[] values) => Tensor(name, "int64", [values.Length], values.Select(v => (double)v));

    private static ReferenceTensor Tensor(string name, string type, long[] shape, IEnumerable<double> values) =>
        new(name, shape, type, [.. values]);
}
