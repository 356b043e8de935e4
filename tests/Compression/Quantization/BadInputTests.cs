using OnnxPipeline.Export;
using OnnxPipeline.Models;

namespace OnnxPipeline.Compression.Tests.Quantization;

public sealed class BadInputTests
{
    private static readonly HeldOutSamples Samples = Classifiers.Images(16, 8);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_model_that_is_quantised_already_is_refused(bool dynamic)
    {
        var once = Quantizer.Quantize(Classifiers.Cnn(8), dynamic ? new DynamicQuantizeOptions() : new StaticQuantizeOptions(), Samples).Model;
        Assert.Contains("quantised already", Fails(once, new StaticQuantizeOptions()));
        Assert.Contains("quantised already", Fails(once, new Float16QuantizeOptions()));
    }

    [Fact]
    public void Weights_that_are_no_numbers_are_named()
    {
        var model = Classifiers.Cnn(8);
        model.Graph.Initializers["conv4.weight"].Span<float>()[7] = float.NaN;
        Assert.Contains("'conv4.weight'", Fails(model, new StaticQuantizeOptions()));
    }

    [Fact]
    public void Values_that_overflow_on_a_sample_are_named()
    {
        var model = Classifiers.Cnn(8);
        model.Graph.Initializers["conv2.weight"].Span<float>().Fill(3e38f);
        Assert.Contains("is not finite on the calibration samples", Fails(model, new StaticQuantizeOptions()));
    }

    [Fact]
    public void Weights_that_are_all_zero_and_samples_that_are_all_alike_give_a_working_model()
    {
        var model = Classifiers.Cnn(8);
        model.Graph.Initializers["conv1.weight"].Span<float>().Clear();
        Classifiers.Bias(model, "conv1").Span<float>().Clear();
        var constant = HeldOutSamples.Of(Enumerable.Repeat((byte)90, 5 * 64).ToArray(), new int[5]);
        foreach (var method in Enum.GetValues<CalibrationMethod>())
        {
            var quantized = Quantizer.Quantize(model, new StaticQuantizeOptions { Calibration = method }, constant).Model;
            Assert.InRange(AnswerComparison.Of(model, quantized, Samples).MeanAbsDiff, 0, 0.02);
        }
    }

    [Fact]
    public void One_sample_is_enough_and_none_is_not()
    {
        Assert.Equal(6, Quantizer.Quantize(Classifiers.Cnn(8), new StaticQuantizeOptions(), Classifiers.Images(1, 8)).Report.Quantized.Count);
        Assert.Throws<ArgumentException>(() => Quantizer.Quantize(Classifiers.Cnn(8), new StaticQuantizeOptions(), Classifiers.Images(0, 8)));
    }

    [Fact]
    public void Samples_of_another_size_are_refused() =>
        Assert.Contains("144 bytes", Assert.Throws<QuantizeException>(() => Quantizer.Quantize(Classifiers.Cnn(8), new StaticQuantizeOptions(), Classifiers.Images(4, 12))).Message);

    [Fact]
    public void An_old_operator_set_is_refused()
    {
        var model = Classifiers.Cnn(8);
        model.Opsets[Domains.Onnx] = 12;
        Assert.Contains("opset 13", Fails(model, new StaticQuantizeOptions()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_model_without_products_is_refused(bool fixedRanges)
    {
        var graph = new Graph("relu");
        graph.Inputs.Add(new Value("image", ElementType.UInt8, "batch", 1, 8, 8));
        graph.Nodes.Add(new Node(Ops.Cast, ["image"], ["x"], "cast").Set("to", 1L));
        graph.Nodes.Add(new Node(Ops.Relu, ["x"], ["y"], "relu"));
        graph.Outputs.Add(new Value("y", ElementType.Float, "batch", 1, 8, 8));
        Assert.Contains("has no node", Fails(new Model(graph), fixedRanges ? new StaticQuantizeOptions() : new DynamicQuantizeOptions()));
    }

    [Fact]
    public void An_unknown_node_name_lists_those_there_are()
    {
        var message = Fails(Classifiers.Cnn(8), new StaticQuantizeOptions { Float = ["conv9"] });
        Assert.Contains("'conv9'", message);
        Assert.Contains("conv1, conv2", message);
    }

    [Fact]
    public void When_every_node_is_kept_in_float_it_is_said() => Assert.Contains("No node was quantised", Fails(Classifiers.Cnn(8), new StaticQuantizeOptions { Float = ["*"] }));

    [Fact]
    public void Impossible_options_are_named()
    {
        var message = Fails(Classifiers.Mlp(), new WeightOnlyQuantizeOptions { Bits = 5, BlockSize = 30 });
        Assert.Contains("found 5", message);
        Assert.Contains("found 30", message);
    }

    [Fact]
    public void A_budget_without_validation_samples_is_refused() => Assert.Contains("validation samples", Fails(Classifiers.Cnn(8), new StaticQuantizeOptions { MaxDrop = 1 }));

    private static string Fails(Model model, QuantizeOptions options) => Assert.Throws<QuantizeException>(() => Quantizer.Quantize(model, options, Samples)).Message;
}
