using OnnxPipeline.Compression.Quantization.Calibration;
using OnnxPipeline.Compression.Quantization.Measurement;
using OnnxPipeline.Compression.Quantization.Static;
using OnnxPipeline.Compression.QuantizationAware;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Compression.Tests.Quantization;

public sealed class StaticQuantizerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<StaticQuantizeOptions> Variants =>
    [
        new(), new() { PerChannel = false }, new() { Activations = ActivationType.Int8 }, new() { Symmetric = true }, new() { Symmetric = true, Activations = ActivationType.Int8 },
        new() { ReduceRange = true }, new() { Calibration = CalibrationMethod.Percentile }, new() { Calibration = CalibrationMethod.Entropy },
        new() { Calibration = CalibrationMethod.MeanSquared }, new() { Equalize = true, CorrectBias = true }, new() { Everything = true },
        new() { ThinInFloat = false },
    ];

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_quantised_network_answers_nearly_as_the_float_one(StaticQuantizeOptions options)
    {
        var model = Classifiers.Cnn(12);
        var before = model.ToBytes();
        var samples = Classifiers.Images(96, 12);
        var result = Quantizer.Quantize(model, options, samples);
        Assert.Equal(before, model.ToBytes());
        Assert.Equal(options.Everything || !options.ThinInFloat ? 7 : 6, result.Report.Quantized.Count);
        Assert.Empty(GraphValidator.Check(result.Model));
        var compared = AnswerComparison.Of(model, result.Model, Classifiers.Images(96, 12, seed: 9));
        Assert.InRange(compared.MeanAbsDiff, 0, 0.02);
        Assert.True(compared.Agreement >= 0.85, $"agreement {compared.Agreement}");
    }

    [Fact]
    public void Every_product_becomes_one_integer_kernel_and_nothing_is_converted_between_them()
    {
        var model = Classifiers.Cnn();
        var quantized = Quantizer.Quantize(model, new StaticQuantizeOptions { ThinInFloat = false }, Classifiers.Images(32)).Model;
        var kernels = KernelCount.Of(quantized);
        Assert.Equal((7, 0), (kernels.Integer, kernels.Conversions));
        Assert.Empty(kernels.Float);
        Assert.InRange(quantized.ToBytes().Length, 0, 0.31 * model.ToBytes().Length);
        Assert.DoesNotContain(quantized.Graph.Nodes, n => n.OpType is "Relu" or "Cast" or "Sub");
    }

    [Fact]
    public void A_convolution_of_few_products_stays_in_float_and_is_rounded_behind_its_pooling()
    {
        var model = Classifiers.Exported(new CnnOptions { Channels = [[16], [24, 32]], GlobalPool = true }, new ImageModelInput(1, 28, 28) { Mean = [0.286f], Std = [0.353f] });
        var samples = Classifiers.Images(64);
        var result = Quantizer.Quantize(model, new StaticQuantizeOptions(), samples);
        var left = Assert.Single(result.Report.Left);
        Assert.Equal(("conv1", true), (left.Subject, left.Text.Contains("sums of 9 products", StringComparison.Ordinal)));

        var topology = new GraphTopology(result.Model.Graph);
        var rounding = result.Model.Graph.Nodes.First(n => n.Is(Ops.QuantizeLinear));
        var activation = topology.Producer(rounding.Inputs[0])!;
        Assert.Equal((Ops.Relu, Ops.MaxPool), (activation.OpType, topology.Producer(activation.Inputs[0])!.OpType));
        var kernels = KernelCount.Of(result.Model);
        Assert.Equal((3, 1, 1), (kernels.Integer, kernels.Float.Count, kernels.Conversions));
        Assert.InRange(AnswerComparison.Of(model, result.Model, samples).MeanAbsDiff, 0, 0.01);
    }

    [Theory]
    [InlineData(1, true, true)]
    [InlineData(1, false, true)]
    [InlineData(3, true, true)]
    [InlineData(3, false, false)]
    public void Which_convolutions_are_of_few_products_depends_on_the_pooling(int channels, bool pooled, bool expected)
    {
        var model = Classifiers.Exported(new CnnOptions { Channels = pooled ? [[8], [8]] : [[8, 8]], GlobalPool = true }, new ImageModelInput(channels, 12, 12) { Mean = [.. Enumerable.Repeat(0.4f, channels)], Std = [.. Enumerable.Repeat(0.3f, channels)] });
        var result = Quantizer.Quantize(model, new StaticQuantizeOptions(), Classifiers.Images(16, 12, channels));
        Assert.Equal(expected, result.Report.Left.Any(n => n.Subject == "conv1"));
    }

    [Fact]
    public void With_symmetric_activations_a_relu_stays_and_the_meter_can_say_why_it_is_slow()
    {
        var quantized = Quantizer.Quantize(Classifiers.Cnn(8), new StaticQuantizeOptions { Symmetric = true }, Classifiers.Images(32, 8)).Model;
        Assert.Contains(quantized.Graph.Nodes, n => n.Is(Ops.Relu));
        Assert.True(KernelCount.Of(quantized).Conversions > 5);
    }

    [Fact]
    public void A_range_that_the_model_was_trained_with_takes_the_place_of_calibration()
    {
        var model = Classifiers.Cnn(8);
        TrainedRanges.Set(model, "relu3", new TrainedRange(0, 25.5f));
        var quantized = Quantizer.Quantize(model, new StaticQuantizeOptions(), Classifiers.Images(32, 8)).Model;
        var rounding = quantized.Graph.Nodes.Single(n => n.Is(Ops.QuantizeLinear) && n.Inputs[0].StartsWith("relu3", StringComparison.Ordinal));
        Assert.Equal(0.1f, quantized.Graph.Initializers[rounding.Inputs[1]].Span<float>()[0], 1e-6f);
    }

    [Fact]
    public void Named_nodes_stay_in_float()
    {
        var result = Quantizer.Quantize(Classifiers.Cnn(8), new StaticQuantizeOptions { Float = ["conv3", "he*"] }, Classifiers.Images(32, 8));
        Assert.Equal(["conv1", "conv3", "head"], result.Report.Left.Select(n => n.Subject));
        Assert.Equal(3, KernelCount.Of(result.Model).Float.Count);
    }

    [Fact]
    public void What_the_model_says_of_itself_is_kept_and_how_it_is_quantised_is_added()
    {
        var model = Classifiers.Cnn(8);
        var quantized = Quantizer.Quantize(model, new StaticQuantizeOptions { Float = ["head"] }, Classifiers.Images(32, 8)).Model;
        var (before, after) = (DeployMetadata.FromEntries(model.Metadata)!, DeployMetadata.FromEntries(quantized.Metadata)!);
        Assert.Equal(before.Labels, after.Labels);
        Assert.Equal(before.Input, after.Input);
        Assert.Equal("static int8: int8 weights by channel, uint8 activations, min-max calibration; 5 of 7 nodes with weights", after.Quantization);
    }

    [Theory]
    [InlineData("resnet18")]
    [InlineData("resnet18-bn")]
    [InlineData("mobilenet_v2")]
    [InlineData("squeezenet1_1")]
    public void Models_that_PyTorch_made_are_quantised_in_every_convolution(string name)
    {
        var model = Pixels.Before(Model.Load(TorchvisionModels.Write(name, _folder.Path)), TorchvisionModels.Size);
        var samples = Classifiers.Images(24, TorchvisionModels.Size, channels: 3);
        var result = Quantizer.Quantize(model, new StaticQuantizeOptions { ThinInFloat = false }, samples);
        Assert.Empty(result.Report.Left);
        var kernels = KernelCount.Of(result.Model);
        Assert.Empty(kernels.Float);
        Assert.Equal(result.Report.Quantized.Count, kernels.Integer);
        Assert.InRange(RelativeError(model, result.Model, samples), 0, 0.35);
    }

    [Fact]
    public void An_equalised_model_computes_what_it_did_and_its_channels_are_alike()
    {
        var model = Classifiers.Cnn(8);
        var weights = model.Graph.Initializers["conv2.weight"].Span<float>();
        for (var i = 0; i < weights.Length; i++) weights[i] *= i / (weights.Length / 16) % 4 == 0 ? 50 : 1;
        var equalised = Equalizer.Apply(model, out var pairs);
        Assert.Equal(6, pairs);
        Assert.InRange(AnswerComparison.Of(model, equalised, Classifiers.Images(64, 8)).MaxAbsDiff, 0, 1e-4);
        Assert.True(Spread(model) > 3 * Spread(equalised), $"{Spread(model)} {Spread(equalised)}");

        static double Spread(Model m)
        {
            var tensor = m.Graph.Initializers["conv2.weight"];
            var rows = Enumerable.Range(0, 16).Select(c => tensor.Span<float>().Slice(c * tensor.Span<float>().Length / 16, tensor.Span<float>().Length / 16).ToArray().Max(Math.Abs)).ToArray();
            return rows.Max() / rows.Min();
        }
    }

    [Fact]
    public void Corrected_biases_bring_the_mean_of_a_channel_back()
    {
        var model = Classifiers.Cnn(12);
        var samples = Classifiers.Images(128, 12);
        var options = new StaticQuantizeOptions { PerChannel = false, ReduceRange = true, Calibration = CalibrationMethod.Percentile, Percentile = 99 };
        var plain = Quantizer.Quantize(model, options, samples).Model;
        var corrected = Quantizer.Quantize(model, options with { CorrectBias = true }, samples).Model;
        Assert.True(MeanShift(corrected) < 0.5 * MeanShift(plain), $"{MeanShift(plain)} {MeanShift(corrected)}");

        double MeanShift(Model quantized) => Math.Abs(Mean(quantized) - Mean(model));
        double Mean(Model m)
        {
            var logits = new List<float>();
            using var runner = new SampleRunner(m, ["logits"]);
            runner.Run(samples, 128, results => logits.AddRange(results[0].GetTensorDataAsSpan<float>().ToArray().Where((_, i) => i % 10 == 0)));
            return logits.Average();
        }
    }

    [Fact]
    public void A_bias_that_is_large_beside_its_weights_still_fits_its_32_bits()
    {
        var model = Classifiers.Cnn(8);
        model.Graph.Initializers["conv3.weight"].Span<float>()[..(16 * 9)].Fill(1e-20f);
        Classifiers.Bias(model, "conv3").Span<float>()[0] = 40;
        var samples = Classifiers.Images(64, 8);
        Assert.InRange(AnswerComparison.Of(model, Quantizer.Quantize(model, new StaticQuantizeOptions(), samples).Model, samples).MeanAbsDiff, 0, 0.02);
    }

    private static double RelativeError(Model original, Model quantized, HeldOutSamples samples)
    {
        var output = original.Graph.Outputs[0].Name;
        float[] Run(Model model)
        {
            var values = new List<float>();
            using var runner = new SampleRunner(model, [output]);
            runner.Run(samples, samples.Count, results => values.AddRange(results[0].GetTensorDataAsSpan<float>()));
            return [.. values];
        }
        var (expected, actual) = (Run(original), Run(quantized));
        return Math.Sqrt(expected.Zip(actual, (e, a) => (double)(e - a) * (e - a)).Sum() / expected.Sum(e => (double)e * e));
    }
}
