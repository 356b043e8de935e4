using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Adapters;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training.LowRank;

namespace OnnxPipeline.Training.Tests.LowRank;

public sealed class LowRankAdaptationTests
{
    private static readonly LoraOptions Options = new() { Rank = 2, Alpha = 3 };

    /// <summary>Graphs whose weights are read in each of the ways that can be adapted.</summary>
    public static TheoryData<string> Graphs => ["perceptron", "gemm", "matmul", "stack", "shared", "conv", "conv1d"];

    [Theory]
    [MemberData(nameof(Graphs))]
    public void At_first_the_model_gives_the_answers_of_its_base(string graph)
    {
        var model = ModelOf(graph);
        AssertAlike(Run(model), Run(LowRankAdaptation.Of(model, Options with { Dropout = 0.3 }, 1).Model), 1e-6);
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public void Merged_weights_give_what_weights_and_changes_give_apart(string graph)
    {
        var model = ModelOf(graph);
        var adaptation = LowRankAdaptation.Of(model, Options, 1);
        var trained = Trained(adaptation);
        var expected = Run(trained);
        var merged = adaptation.Merge(trained);

        Assert.True(Difference(Run(model), expected) > 1e-2);
        AssertAlike(expected, Run(merged), 1e-5);
        Assert.Equal(model.Graph.Nodes.Select(n => n.ToString()), merged.Graph.Nodes.Select(n => n.ToString()));
        AssertSameBut(model, merged, adaptation.Adapted);
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public void With_inputs_in_the_changes_places_the_base_takes_adapters_of_any_rank(string graph)
    {
        var model = ModelOf(graph);
        var slots = LowRankAdaptation.Of(model, Options, 1).WithSlots();
        AssertAlike(Run(model), Run(slots), 1e-6);
        foreach (var rank in new[] { 1, 2, 3 })
        {
            var adaptation = LowRankAdaptation.Of(model, Options with { Rank = rank }, 2);
            var trained = Trained(adaptation);
            var adapter = AdapterFile.Parse(adaptation.ToAdapter(trained).ToBytes());
            var expected = Run(adaptation.Merge(trained));
            AssertAlike(expected, Run(slots, adapter), 1e-5);
            AssertAlike(expected, Run(LowRankAdaptation.Fill(slots, adapter)), 1e-5);
        }
    }

    [Fact]
    public void Parameters_that_are_trained_whole_go_with_the_adapter()
    {
        var model = TestData.Perceptron(dropout: 0);
        var adaptation = LowRankAdaptation.Of(model, Options with { Match = ["fc1.*"], TrainAlso = ["fc2.*"] }, 1);
        var trained = Trained(adaptation);
        trained.Graph.Initializers["fc2.bias"].Span<float>()[0] = 5;
        trained.Graph.Initializers["fc2.weight"].Span<float>()[1] = 1;
        var adapter = adaptation.ToAdapter(trained);

        Assert.Equal(["fc1.weight.lora_A", "fc1.weight.lora_B", "fc2.bias", "fc2.weight"], adapter.Tensors.Select(t => t.Name));
        AssertAlike(Run(adaptation.Merge(trained)), Run(adaptation.WithSlots(), adapter), 1e-5);
        AssertSameBut(model, adaptation.Merge(trained), ["fc1.weight", "fc2.weight", "fc2.bias"]);
    }

    [Fact]
    public void A_base_is_told_by_the_weights_that_an_adapter_does_not_bring()
    {
        var options = Options with { Match = ["fc1.*"], TrainAlso = ["fc2.*"] };
        string Fingerprint(string changed)
        {
            var model = TestData.Perceptron();
            if (changed.Length > 0) model.Graph.Initializers[changed].Span<float>()[0] += 1e-3f;
            return LowRankAdaptation.Of(model, options, 1).Fingerprint;
        }

        Assert.Equal(Fingerprint(""), Fingerprint("fc2.weight"));
        foreach (var frozen in new[] { "fc1.weight", "fc1.bias", "bn.scale", "bn.mean" }) Assert.NotEqual(Fingerprint(""), Fingerprint(frozen));
        var constant = TestData.Perceptron();
        constant.Graph.Nodes.Single(n => n.Is(Ops.BatchNormalization)).Set("epsilon", 1e-3f);
        Assert.NotEqual(Fingerprint(""), LowRankAdaptation.Of(constant, options, 1).Fingerprint);
        Assert.Equal(Fingerprint(""), LowRankAdaptation.Of(TestData.Perceptron(), options with { Rank = 3, Match = ["fc*"] }, 5).Fingerprint);
    }

    [Fact]
    public void First_values_depend_on_seed_and_name_alone()
    {
        float[] A(LoraOptions options, ulong seed) => LowRankAdaptation.Of(TestData.Perceptron(), options, seed).Model.Graph.Initializers["fc1.weight.lora_A"].Span<float>().ToArray();
        Assert.Equal(A(Options, 1), A(Options with { Match = ["fc1.weight"], Dropout = 0.5, Alpha = 1 }, 1));
        Assert.NotEqual(A(Options, 1), A(Options, 2));
        Assert.All(A(Options, 1), value => Assert.InRange(Math.Abs(value), 0, 1 / Math.Sqrt(8)));
    }

    [Theory]
    [InlineData("fc1.weights", "no parameter is named like 'fc1.weights'")]
    [InlineData("fc1.bias", "'fc1.bias' cannot be adapted: Gemm 'fc1' does not read it as its weight")]
    [InlineData("bn.scale", "BatchNormalization 'bn' reads it; expected Gemm, MatMul or Conv")]
    [InlineData("*.bias", "nothing that it matches can be adapted")]
    public void What_cannot_be_adapted_is_an_error_that_says_why(string match, string reason) =>
        Assert.Contains(reason, Assert.Throws<TrainingException>(() => LowRankAdaptation.Of(TestData.Perceptron(), Options with { Match = [match] }, 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_a_pattern_takes_in_too_much_is_left_out_with_the_reason()
    {
        var adaptation = LowRankAdaptation.Of(TestData.Perceptron(), Options with { Rank = 4 }, 1);
        Assert.Equal(["fc1.weight"], adaptation.Adapted);
        Assert.Contains(adaptation.Declined, d => d.StartsWith("fc2.weight: it is 4 by 16, so that a change of rank 4", StringComparison.Ordinal));

        var grouped = ModelOf("conv");
        grouped.Graph.Nodes[0].Set("group", 2);
        var weight = grouped.Graph.Initializers["w"];
        grouped.Graph.Initializers[0] = Initializer.Create<float>("w", weight.Span<float>()[..(int)(weight.ElementCount / 2)], 6, 2, 3, 3);
        Assert.Contains("has 2 groups", Assert.Throws<TrainingException>(() => LowRankAdaptation.Of(grouped, Options with { Match = ["w"] }, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_of_batch_normalisation_are_not_trained_beside_changes() =>
        Assert.Contains("keeps its running statistics", Assert.Throws<TrainingException>(() => LowRankAdaptation.Of(TestData.Perceptron(), Options with { TrainAlso = ["bn.*"] }, 1)).Message, StringComparison.Ordinal);

    /// <summary>The changes filled with numbers as training might.</summary>
    private static Model Trained(LowRankAdaptation adaptation)
    {
        var model = adaptation.Model.Clone();
        foreach (var tensor in model.Graph.Initializers.Where(t => t.Name.Contains(".lora_", StringComparison.Ordinal)))
        {
            var random = new CounterRandom(4, RandomPurpose.Sampling, (ulong)tensor.Name.Length);
            foreach (ref var value in tensor.Span<float>()) value = (float)(0.3 * random.NextNormal());
        }
        return model;
    }

    private static Model ModelOf(string name)
    {
        if (name == "perceptron")
        {
            var perceptron = TestData.Perceptron(dropout: 0);
            Fill(perceptron.Graph.Initializers["bn.mean"], 1);
            Fill(perceptron.Graph.Initializers["bn.bias"], 2);
            return perceptron;
        }
        var graph = new Graph(name);
        long[] dims = name switch { "conv" => [6, 4, 3, 3], "conv1d" => [6, 4, 3], "shared" => [6, 6], _ => [8, 6] };
        Dimension[] input = name switch { "conv" => ["batch", 4, 9, 8], "conv1d" => ["batch", 4, 9], "stack" => ["batch", 3, 8], "shared" => ["batch", 6], _ => ["batch", 8] };
        graph.Inputs.Add(new Value("x", ElementType.Float, input));
        graph.Initializers.Add(Initializer.Zeros("w", ElementType.Float, dims));
        graph.Initializers.Add(Initializer.Zeros("b", ElementType.Float, 6));
        foreach (var tensor in graph.Initializers) Fill(tensor, 3);
        Node[] nodes = name switch
        {
            "gemm" => [new Node(Ops.Gemm, ["x", "w", "b"], ["y"]).Set("beta", 0.5f)],
            "shared" => [new Node(Ops.MatMul, ["x", "w"], ["h"]), new Node(Ops.Relu, ["h"], ["r"]), new Node(Ops.Gemm, ["r", "w", "b"], ["y"])],
            "conv" => [new Node(Ops.Conv, ["x", "w", "b"], ["y"]).Set("strides", (long[])[2, 1]).Set("pads", (long[])[1, 2, 0, 1]).Set("dilations", (long[])[2, 1]).Set("kernel_shape", (long[])[3, 3])],
            "conv1d" => [new Node(Ops.Conv, ["x", "w"], ["y"]).Set("auto_pad", "SAME_UPPER")],
            _ => [new Node(Ops.MatMul, ["x", "w"], ["y"])],
        };
        graph.Nodes.AddRange(nodes);
        graph.Outputs.Add(new Value("y", new TensorType(ElementType.Float, null)));
        return new Model(graph);
    }

    private static void Fill(Initializer tensor, ulong stream)
    {
        var random = new CounterRandom(5, RandomPurpose.Sampling, stream, (ulong)tensor.Name[0]);
        foreach (ref var value in tensor.Span<float>()) value = (float)(0.4 * random.NextNormal());
    }

    private static float[] Run(Model model, AdapterFile? adapter = null)
    {
        using var session = SessionFactory.Create(model.ToBytes(), new SessionSettings { Threads = 1, Spin = Spinning.Never });
        var input = session.InputMetadata.Single();
        long[] shape = [.. input.Value.Dimensions.Select(d => d < 0 ? 3L : d)];
        var random = new CounterRandom(6, RandomPurpose.Sampling);
        var values = new float[shape.Aggregate(1L, (product, d) => product * d)];
        foreach (ref var value in values.AsSpan()) value = (float)random.NextNormal();
        using var x = OrtValue.CreateTensorValueFromMemory(values, shape);
        using var native = adapter is null ? null : OrtLoraAdapter.Create(adapter.ToBytes(), null);
        using var options = new RunOptions();
        if (native is not null) options.AddActiveLoraAdapter(native);
        using var results = session.Run(options, [input.Key], [x], session.OutputNames);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static double Difference(float[] expected, float[] actual) => expected.Zip(actual, (e, a) => (double)Math.Abs(e - a)).Max();

    private static void AssertAlike(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.InRange(Difference(expected, actual), 0, tolerance * Math.Max(1, expected.Max(Math.Abs)));
    }

    private static void AssertSameBut(Model model, Model other, IEnumerable<string> changed)
    {
        Assert.Equal(model.Graph.Initializers.Select(t => t.ToString()), other.Graph.Initializers.Select(t => t.ToString()));
        var different = model.Graph.Initializers.Where(t => !t.Bytes.Span.SequenceEqual(other.Graph.Initializers[t.Name].Bytes.Span)).Select(t => t.Name);
        Assert.Equal(changed.Order(), different.Order());
    }
}
