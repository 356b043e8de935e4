using OnnxPipeline.Compression.Quantization.Measurement;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Compression.Tests.Quantization;

/// <summary>Dynamic int8, blocks of weights, and 16-bit floats.</summary>
public sealed class MethodTests
{
    private static readonly HeldOutSamples Samples = Classifiers.Images(64, 12);

    public static TheoryData<QuantizeOptions, double, double> Methods => new()
    {
        { new DynamicQuantizeOptions(), 0.02, 0.35 },
        { new DynamicQuantizeOptions { PerChannel = false, ReduceRange = true }, 0.03, 0.35 },
        { new WeightOnlyQuantizeOptions(), 0.06, 0.25 },
        { new WeightOnlyQuantizeOptions { BlockSize = 16, Symmetric = false }, 0.06, 0.3 },
        { new WeightOnlyQuantizeOptions { Bits = 8, BlockSize = 128 }, 0.005, 0.45 },
        { new WeightOnlyQuantizeOptions { Bits = 8, Symmetric = false }, 0.005, 0.5 },
        { new Float16QuantizeOptions(), 0.002, 0.6 },
        { new BFloat16QuantizeOptions(), 0.01, 0.6 },
    };

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_fully_connected_network_answers_nearly_as_before_from_a_smaller_file(QuantizeOptions options, double difference, double size)
    {
        var model = Classifiers.Mlp(256, 256);
        var result = Quantizer.Quantize(model, options, Samples);
        Assert.Equal(3, result.Report.Quantized.Count);
        Assert.InRange(AnswerComparison.Of(model, result.Model, Samples).MeanAbsDiff, 1e-9, difference);
        Assert.InRange(result.Model.ToBytes().Length, 0, size * model.ToBytes().Length);
        Assert.Equal(model.Graph.Inputs.Select(i => i.ToString()), result.Model.Graph.Inputs.Select(i => i.ToString()));
        Assert.Equal(model.Graph.Outputs.Select(i => i.ToString()), result.Model.Graph.Outputs.Select(i => i.ToString()));
        Assert.StartsWith(options is WeightOnlyQuantizeOptions ? "weights of" : options.Method, DeployMetadata.FromEntries(result.Model.Metadata)!.Quantization);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Blocks_compute_the_product_with_the_weights_they_stand_for(bool symmetric)
    {
        var graph = new Graph("product");
        var weights = Initializer.Zeros("w", ElementType.Float, 40, 6);
        var random = new Random(2);
        foreach (ref var w in weights.Span<float>()) w = random.NextSingle() - 0.4f;
        graph.Inputs.Add(new Value("pixels", ElementType.UInt8, "batch", 40));
        graph.Initializers.Add(weights);
        graph.Nodes.Add(new Node(Ops.Cast, ["pixels"], ["x"], "cast").Set("to", 1L));
        graph.Nodes.Add(new Node(Ops.MatMul, ["x", "w"], ["y"], "product"));
        graph.Outputs.Add(new Value("y", ElementType.Float, "batch", 6));
        var options = new WeightOnlyQuantizeOptions { Symmetric = symmetric };
        var quantized = Quantizer.Quantize(new Model(graph), options, Samples).Model;

        var stood = new Model(graph).Clone();
        Compression.Quantization.Blocks.BlockWeights.Of(weights, options).Dequantize().CopyTo(stood.Graph.Initializers["w"].Span<float>());
        var pixels = new byte[3 * 40];
        random.NextBytes(pixels);
        Assert.InRange(AnswerComparison.Of(stood, quantized, HeldOutSamples.Of(pixels, new int[3])).MaxAbsDiff, 0, 0.05);
    }

    [Fact]
    public void Dynamic_products_are_fused_to_one_kernel_each() => Assert.Equal((3, 0), (Kernels(new DynamicQuantizeOptions()).Integer, Kernels(new DynamicQuantizeOptions()).Float.Count));

    [Fact]
    public void Convolutions_are_left_by_methods_for_matrices_and_it_is_said()
    {
        var result = Quantizer.Quantize(Classifiers.Cnn(8), new WeightOnlyQuantizeOptions(), Classifiers.Images(8, 8));
        Assert.Equal(6, result.Report.Left.Count);
        Assert.All(result.Report.Left, note => Assert.Contains("convolution", note.Text));
        Assert.Contains("of the model's", Assert.Single(result.Report.Notes));
    }

    [Fact]
    public void A_number_that_float16_has_not_keeps_its_node_in_float32_and_is_told()
    {
        var model = Classifiers.Mlp();
        model.Graph.Initializers.Single(i => i.Name.StartsWith("head", StringComparison.Ordinal) && i.Dims.Count == 2).Span<float>()[0] = 1e5f;
        var result = Quantizer.Quantize(model, new Float16QuantizeOptions(), Samples);
        Assert.Contains("65504", Assert.Single(result.Report.Notes));
        Assert.Equal("head", Assert.Single(result.Report.Left).Subject);
    }

    [Fact]
    public void Float16_goes_around_residual_sums_and_kept_operators()
    {
        var model = Classifiers.Cnn(12);
        var result = Quantizer.Quantize(model, new Float16QuantizeOptions { FloatOps = [Ops.MaxPool, Ops.Softmax] }, Samples);
        Assert.Empty(GraphValidator.Check(result.Model));
        Assert.Equal(7, result.Report.Quantized.Count);
        Assert.InRange(AnswerComparison.Of(model, result.Model, Samples).MeanAbsDiff, 0, 0.002);
    }

    [Fact]
    public void A_budget_that_is_kept_leaves_everything_quantised()
    {
        var model = Classifiers.Mlp();
        var own = Answers(model);
        var result = Quantizer.Quantize(model, new DynamicQuantizeOptions { MaxDrop = 20 }, own, own);
        Assert.Equal((true, 1.0), (result.Report.Budget!.Met, result.Report.Budget.FloatScore));
        Assert.Empty(result.Report.Budget.Impacts);
        Assert.Equal(3, result.Report.Quantized.Count);
    }

    [Fact]
    public void The_node_that_does_the_harm_goes_back_to_float()
    {
        var model = Classifiers.Mlp();
        var layers = model.Graph.Nodes.Where(n => n.Is(Ops.Gemm)).ToArray();
        // A hidden unit that is always 0, and a huge weight for it: the answers stay, but one scale for all weights is no good any more.
        model.Graph.Initializers[layers[0].Inputs[2]].Span<float>()[3] = -1e6f;
        var weights = model.Graph.Initializers[layers[1].Inputs[1]];
        weights.Span<float>()[layers[1].Int("transB", 0) != 0 ? 3 : 3 * (int)weights.Dims[1]] = 4000;
        var own = Answers(model);
        var result = Quantizer.Quantize(model, new DynamicQuantizeOptions { PerChannel = false, MaxDrop = 6 }, own, own);
        var budget = result.Report.Budget!;
        Assert.True(budget.WholeScore < budget.Score);
        Assert.Equal(layers[1].Name, budget.Impacts[0].Node);
        Assert.True(budget.Impacts[0].LeftInFloat);
        Assert.Contains(result.Report.Left, note => note.Subject == budget.Impacts[0].Node && note.Text.Contains("budget"));
    }

    [Fact]
    public void A_limit_that_cannot_be_met_still_ends_with_the_best_and_says_so()
    {
        var model = Classifiers.Mlp(32);
        var own = Answers(model);
        // Only the answers themselves decide: with 4 bits in blocks of 128 some always change.
        var result = Quantizer.Quantize(model, new WeightOnlyQuantizeOptions { BlockSize = 128, MaxDrop = 0 }, own, own);
        var budget = result.Report.Budget!;
        Assert.True(budget.Score >= budget.WholeScore);
        Assert.Equal(budget.Score >= budget.FloatScore, budget.Met);
        Assert.Equal(budget.Met, !result.Report.Notes.Any(n => n.Contains("missed")));
    }

    [Fact]
    public void A_latency_report_tells_times_and_kernels()
    {
        var model = Classifiers.Cnn(8);
        var samples = Classifiers.Images(5, 8);
        var report = LatencyReport.Measure(model, Quantizer.Quantize(model, new StaticQuantizeOptions(), samples).Model, samples, [1, 8], threads: 1, seconds: 0.05);
        Assert.Equal([1, 8], report.Batches.Select(b => b.BatchSize));
        Assert.All(report.Batches, b => Assert.True(b.FloatMs > 0 && b.QuantizedMs > 0));
        Assert.Equal((6, 1), (report.IntegerProducts, report.FloatProducts.Count));
    }

    private static KernelCount Kernels(QuantizeOptions options) => KernelCount.Of(Quantizer.Quantize(Classifiers.Mlp(), options, Samples).Model);

    /// <summary>Samples whose labels are the model's own answers, so that it scores 1.</summary>
    private static HeldOutSamples Answers(Model model)
    {
        var pixels = new byte[300 * 144];
        new Random(5).NextBytes(pixels);
        var unlabelled = HeldOutSamples.Of(pixels, new int[300]);
        var answers = new List<int>();
        using var runner = new Compression.Quantization.Calibration.SampleRunner(model, ["probabilities"]);
        runner.Run(unlabelled, 300, results => answers.AddRange(results[0].GetTensorDataAsSpan<float>().ToArray().Chunk(10).Select(row => Array.IndexOf(row, row.Max()))));
        return HeldOutSamples.Of(pixels, answers.ToArray());
    }
}
