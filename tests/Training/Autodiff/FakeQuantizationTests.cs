using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Models;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training.Autodiff;

namespace OnnxPipeline.Training.Tests;

/// <summary>QuantizeLinear and DequantizeLinear as a pair, against PyTorch's fake quantisation and learned step sizes.</summary>
public sealed class FakeQuantizationTests
{
    private static readonly Lazy<QuantizationFile> Figures = new(() => ReferenceCases.Read<QuantizationFile>("quantization.json"));

    public static TheoryData<string> Names => [.. Figures.Value.Cases.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Rounding_passes_the_gradient_and_clamping_stops_it(string name)
    {
        var reference = Figures.Value.Cases.First(c => c.Name == name);
        var (y, x, scale) = Run(reference);

        Assert.Contains(0, reference.Gradient);
        AssertClose(reference.Y, y, 1e-5f);
        AssertClose(reference.Gradient, x, 1e-6f);
        // PyTorch sums in float32.
        AssertClose(reference.ScaleGradient, scale, 1e-4f * reference.ScaleGradient.Max(Math.Abs));
    }

    [Fact]
    public void A_scale_computed_from_what_it_scales_is_taken_as_given()
    {
        var model = LargestAsScale();
        var gradients = Differentiator.AddGradients(model, "loss", ["w"]);
        model.Graph.Outputs.Add(new Value(gradients["w"], new TensorType(ElementType.Float, null)));
        using var session = SessionFactory.Create(model.ToBytes(), new SessionSettings { Threads = 1, FuseQuantized = false });
        using var w = OrtValue.CreateTensorValueFromMemory(new[] { -3f, 0.4f, 2f, 0.01f }, [4]);
        using var options = new RunOptions();
        using var results = session.Run(options, ["w"], [w], ["loss", gradients["w"]]);

        Assert.Equal([1f, 1f, 1f, 1f], results[1].GetTensorDataAsSpan<float>().ToArray());
    }

    [Fact]
    public void Scales_of_blocks_have_no_rule_and_say_so()
    {
        var graph = new Graph("blocks");
        graph.Inputs.Add(new Value("x", ElementType.Float, 4, 4));
        graph.Initializers.Add(Initializer.Create<float>("s", [1f, 1f, 1f, 1f, 1f, 1f, 1f, 1f], 2, 4));
        graph.Nodes.Add(new Node(Ops.QuantizeLinear, ["x", "s"], ["q"], "blocks").Set("axis", 0).Set("block_size", 2));
        graph.Nodes.Add(new Node(Ops.DequantizeLinear, ["q", "s"], ["y"]).Set("axis", 0).Set("block_size", 2));
        graph.Nodes.Add(new Node(Ops.ReduceSum, ["y"], ["loss"]).Set("keepdims", 0));
        var error = Assert.Throws<AutodiffException>(() => Differentiator.AddGradients(new Model(graph, 21), "loss", ["x"]));
        Assert.Contains("one scale, or one for each place along an axis", error.Message, StringComparison.Ordinal);
    }

    /// <summary>loss = Σ DequantizeLinear(QuantizeLinear(w, s), s) with s = max|w| / 127.</summary>
    private static Model LargestAsScale()
    {
        var graph = new Graph("largest");
        graph.Inputs.Add(new Value("w", ElementType.Float, 4));
        graph.Initializers.Add(Initializer.Scalar("share", 1 / 127f));
        graph.Initializers.Add(Initializer.Create<sbyte>("zero", [0]));
        graph.Nodes.Add(new Node(Ops.Abs, ["w"], ["absolute"]));
        graph.Nodes.Add(new Node(Ops.ReduceMax, ["absolute"], ["largest"]).Set("keepdims", 0));
        graph.Nodes.Add(new Node(Ops.Mul, ["largest", "share"], ["s"]));
        graph.Nodes.Add(new Node(Ops.QuantizeLinear, ["w", "s", "zero"], ["q"]));
        graph.Nodes.Add(new Node(Ops.DequantizeLinear, ["q", "s", "zero"], ["y"]));
        graph.Nodes.Add(new Node(Ops.ReduceSum, ["y"], ["loss"]).Set("keepdims", 0));
        graph.Outputs.Add(new Value("loss", ElementType.Float));
        return new Model(graph);
    }

    private static (float[] Y, float[] X, float[] Scale) Run(QuantizationCase reference)
    {
        var graph = new Graph("fake quantisation");
        graph.Inputs.Add(reference.X.ToValue());
        graph.Inputs.Add(reference.Scale.ToValue());
        var zeros = Array.ConvertAll(reference.Zero.Longs, z => (int)z);
        graph.Initializers.Add(reference.Signed
            ? Initializer.Create<sbyte>("zero", Array.ConvertAll(zeros, z => (sbyte)z), zeros.Length)
            : Initializer.Create<byte>("zero", Array.ConvertAll(zeros, z => (byte)z), zeros.Length));
        graph.Initializers.Add(Initializer.Create<float>("cotangent", reference.Cotangent, reference.X.Shape));
        graph.Nodes.Add(new Node(Ops.QuantizeLinear, ["x", "scale", "zero"], ["q"]).Set("axis", reference.Axis ?? 1));
        graph.Nodes.Add(new Node(Ops.DequantizeLinear, ["q", "scale", "zero"], ["y"]).Set("axis", reference.Axis ?? 1));
        graph.Nodes.Add(new Node(Ops.Mul, ["y", "cotangent"], ["weighted"]));
        graph.Nodes.Add(new Node(Ops.ReduceSum, ["weighted"], ["loss"]).Set("keepdims", 0));
        var model = new Model(graph);
        var gradients = Differentiator.AddGradients(model, "loss", ["x", "scale"]);
        string[] outputs = ["y", gradients["x"], gradients["scale"]];
        graph.Outputs.AddRange(outputs.Select(name => new Value(name, new TensorType(ElementType.Float, null))));

        using var session = SessionFactory.Create(model.ToBytes(), new SessionSettings { Threads = 1, FuseQuantized = false });
        using var x = OrtValue.CreateTensorValueFromMemory(reference.X.Floats, reference.X.Shape);
        using var scale = OrtValue.CreateTensorValueFromMemory(reference.Scale.Floats, reference.Scale.Shape);
        using var options = new RunOptions();
        using var results = session.Run(options, ["x", "scale"], [x, scale], outputs);
        float[] Floats(int i) => results[i].GetTensorDataAsSpan<float>().ToArray();
        return (Floats(0), Floats(1), Floats(2));
    }

    private static void AssertClose(float[] expected, float[] actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        foreach (var (e, a) in expected.Zip(actual)) Assert.Equal(e, a, tolerance);
    }

    private sealed record QuantizationFile(IReadOnlyList<QuantizationCase> Cases);

    private sealed record QuantizationCase(
        string Name, int? Axis, bool Signed, ReferenceTensor X, ReferenceTensor Scale, ReferenceTensor Zero, float[] Cotangent, float[] Y, float[] Gradient, float[] ScaleGradient);
}
