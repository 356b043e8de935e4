using System.Text.Json;
using OnnxPipeline.Export;
using OnnxPipeline.Models;

namespace OnnxPipeline.Compression.Tests.Quantization;

/// <summary>The same network, calibrated on the same images, by ONNX Runtime's own tool: reference/make_quantization.py made its figures.</summary>
public sealed class ToolParityTests
{
    private const int Samples = 16;
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "reference");
    private static readonly JsonElement[] Cases = [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "quantization.json"))).RootElement.GetProperty("cases").EnumerateArray()];

    public static TheoryData<int> Indices => [.. Enumerable.Range(0, Cases.Length)];

    [Theory]
    [MemberData(nameof(Indices))]
    public void Scales_zero_points_and_integers_are_the_tools(int index)
    {
        var expected = Cases[index];
        var options = new StaticQuantizeOptions
        {
            PerChannel = expected.GetProperty("perChannel").GetBoolean(),
            ReduceRange = expected.GetProperty("reduceRange").GetBoolean(),
            Activations = expected.GetProperty("activationType").GetString() == "uint8" ? ActivationType.UInt8 : ActivationType.Int8,
            Everything = true,
        };
        var graph = Quantizer.Quantize(Model.Load(Path.Combine(Folder, "quantization.onnx")), options, Images()).Model.Graph;

        var quantized = graph.Nodes.Where(n => n.Is(Ops.QuantizeLinear)).ToDictionary(n => Plain(n.Inputs[0]));
        var activations = expected.GetProperty("activations").EnumerateObject().ToDictionary(p => Plain(p.Name), p => p.Value);
        Assert.Equal(activations.Keys.Order(), quantized.Keys.Order());
        foreach (var (name, parameters) in activations)
        {
            var scale = parameters.GetProperty("scale").GetSingle();
            Assert.InRange(graph.Initializers[quantized[name].Inputs[1]].Span<float>()[0], scale * (1 - 1e-5f), scale * (1 + 1e-5f));
            Assert.Equal(parameters.GetProperty("zeroPoint").GetInt32(), Integers(graph.Initializers[quantized[name].Inputs[2]])[0]);
        }

        var widened = graph.Nodes.Where(n => n.Is(Ops.DequantizeLinear) && graph.Initializers.Contains(n.Inputs[0])).ToDictionary(n => n.Outputs[0].Replace("_dequantized", "", StringComparison.Ordinal));
        foreach (var weight in expected.GetProperty("weights").EnumerateObject())
        {
            var node = widened[weight.Name];
            var scales = weight.Value.GetProperty("scales").EnumerateArray().Select(s => s.GetSingle()).ToArray();
            var found = graph.Initializers[node.Inputs[1]].Span<float>().ToArray();
            Assert.Equal(scales.Length, found.Length);
            Assert.All(scales.Zip(found), pair => Assert.InRange(pair.Second, pair.First * (1 - 1e-5f), pair.First * (1 + 1e-5f)));
            // A value on the edge between two integers may go either way: the tool divides in another precision.
            var integers = weight.Value.GetProperty("values").EnumerateArray().Select(v => v.GetInt32()).Zip(Integers(graph.Initializers[node.Inputs[0]])).ToArray();
            Assert.All(integers, pair => Assert.InRange(pair.Second - pair.First, -1, 1));
            Assert.True(integers.Count(pair => pair.First != pair.Second) <= integers.Length / 50, $"{weight.Name}: {integers.Count(pair => pair.First != pair.Second)} of {integers.Length} differ");
        }
    }

    /// <summary>A value's name without what either side adds to it.</summary>
    private static string Plain(string name) => name.Replace("_float", "", StringComparison.Ordinal).Replace("_QuantizeLinearInput", "", StringComparison.Ordinal);

    private static int[] Integers(Initializer tensor) => tensor.ElementType switch
    {
        ElementType.UInt8 => [.. tensor.Span<byte>().ToArray().Select(v => (int)v)],
        ElementType.Int8 => [.. tensor.Span<sbyte>().ToArray().Select(v => (int)v)],
        _ => tensor.Span<int>().ToArray(),
    };

    /// <summary>The pixels of make_quantization.py.</summary>
    private static HeldOutSamples Images()
    {
        var pixels = new byte[Samples * 2 * 8 * 8];
        var state = 1L;
        for (var i = 0; i < pixels.Length; i++)
        {
            state = (1103515245 * state + 12345) % (1L << 31);
            pixels[i] = (byte)(state >> 16 & 255);
        }
        return HeldOutSamples.Of(pixels, new int[Samples]);
    }
}
