using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Layers;
using OnnxPipeline.Training.Lowering;

namespace OnnxPipeline.Training.Tests;

/// <summary>Convolutions in Winograd's form, and their gradients, are those of the plain form.</summary>
public sealed class WinogradTests
{
    [Theory]
    [InlineData(8, 8, 1, 1, 1, 1, true)]
    [InlineData(4, 4, 1, 1, 1, 1, false)]
    [InlineData(5, 12, 1, 1, 1, 1, false)]
    [InlineData(9, 7, 0, 0, 0, 0, true)]
    [InlineData(6, 7, 2, 0, 1, 3, false)]
    public void A_convolution_gives_the_outputs_of_the_plain_one(int height, int width, int top, int left, int bottom, int right, bool bias)
    {
        var graph = new GraphBuilder("conv");
        var x = graph.Input("x", ElementType.Float, "batch", 128, height, width);
        graph.Output(graph.Conv2d(x, 160, 3, padding: 1, bias: bias), "y");
        var plain = graph.Build();
        plain.Graph.Nodes.Single(n => n.Is(Ops.Conv)).Set("pads", [top, left, bottom, right]);
        plain.Graph.Outputs[0] = new Value("y", new TensorType(ElementType.Float, null));
        var lowered = plain.Clone();

        Assert.Equal(1, WinogradLowering.Apply(lowered));
        Assert.DoesNotContain(lowered.Graph.Nodes, n => n.Is(Ops.Conv));
        LoweredModels.AssertSame(plain, lowered);
    }

    [Theory]
    [InlineData(3, 128, 8, 3, 1, 1, 1)]
    [InlineData(128, 64, 8, 3, 1, 1, 1)]
    [InlineData(128, 128, 8, 3, 2, 1, 1)]
    [InlineData(128, 128, 8, 3, 1, 2, 1)]
    [InlineData(256, 256, 8, 3, 1, 1, 2)]
    [InlineData(128, 128, 8, 5, 1, 1, 1)]
    [InlineData(128, 128, 2, 3, 1, 1, 1)]
    [InlineData(128, 128, 1, 3, 1, 1, 1)]
    [InlineData(128, 128, 65, 3, 1, 1, 1)]
    public void A_convolution_that_would_not_gain_is_left_as_it_is(int channels, int filters, int size, int kernel, int stride, int dilation, int groups)
    {
        var graph = new GraphBuilder("conv");
        var x = graph.Input("x", ElementType.Float, "batch", channels, size, size);
        graph.Output(graph.Conv2d(x, filters, kernel, stride, kernel / 2 * dilation, dilation, groups), "y");
        var model = graph.Build();
        Assert.Equal(0, WinogradLowering.Apply(model));
        Assert.Equal([Ops.Conv], model.Graph.Nodes.Select(n => n.OpType));
    }

    [Fact]
    public void A_convolution_over_images_of_unknown_size_is_left_as_it_is()
    {
        var graph = new GraphBuilder("conv");
        var x = graph.Input("x", ElementType.Float, "batch", 128, "height", "width");
        graph.Output(graph.Conv2d(x, 128, 3, padding: 1), "y");
        Assert.Equal(0, WinogradLowering.Apply(graph.Build()));
    }

    [Fact]
    public void Loss_and_gradients_are_those_of_the_plain_form()
    {
        var graph = new GraphBuilder("convs");
        var x = graph.Input("x", ElementType.Float, "batch", 3, 10, 9);
        x = graph.Relu(graph.BatchNorm2d(graph.Conv2d(x, 128, 3)));
        x = graph.Relu(graph.BatchNorm2d(graph.Conv2d(x, 128, 3, padding: 1, bias: false)));
        x = graph.Tanh(graph.Conv2d(x, 144, 3, padding: 1));
        graph.Output(graph.Linear(graph.Flatten(graph.GlobalAveragePool(x)), 4), "logits");
        var model = graph.Build();

        var (plain, winograd) = (TrainingGraph.Build(model, loss: null), TrainingGraph.Build(model, loss: null, winograd: true));
        Assert.Equal(plain.Parameters.Select(p => p.Name), winograd.Parameters.Select(p => p.Name));
        Assert.Equal(plain.Model.Graph.Nodes.Count(n => n.Is(Ops.Conv) && n.Name.StartsWith("conv", StringComparison.Ordinal)) - 2, winograd.Model.Graph.Nodes.Count(n => n.Is(Ops.Conv) && n.Name.StartsWith("conv", StringComparison.Ordinal)));
        LoweredModels.AssertSame(plain.Model, winograd.Model);
    }

    [Fact]
    public void A_minimal_filter_gives_the_sums_over_its_taps()
    {
        Prop.ForAll(Gen.Choose(1, 3).SelectMany(taps => Gen.Choose(1, MinimalFilter.MostOutputs(taps)).SelectMany(outputs =>
            Numbers(taps).SelectMany(w => Numbers(outputs + taps - 1).Select(x => (Filter: new MinimalFilter(outputs, taps), Kernel: w, Inputs: x))))).ToArbitrary(), @case =>
        {
            var (filter, w, x) = @case;
            Assert.Equal(x.Length, filter.Products);
            double Dot(double[,] matrix, int row, double[] values) => values.Select((value, i) => value * matrix[row, i]).Sum();
            var products = Enumerable.Range(0, filter.Products).Select(p => Dot(filter.G, p, w) * Dot(filter.B, p, x)).ToArray();
            for (var i = 0; i < filter.Outputs; i++)
                Assert.Equal(w.Select((tap, j) => tap * x[i + j]).Sum(), products.Select((product, p) => product * filter.A[p, i]).Sum(), 1e-9);
        }).QuickCheckThrowOnFailure();
    }

    private static Gen<double[]> Numbers(int count) => Gen.ArrayOf(Gen.Choose(-1000, 1000).Select(n => n / 100.0), count);
}
