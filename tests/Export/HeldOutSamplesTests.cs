using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export.Tests;

/// <summary>Samples of models that no dataset was made for.</summary>
public sealed class HeldOutSamplesTests
{
    [Theory]
    [InlineData(ImageLayout.Chw)]
    [InlineData(ImageLayout.Hwc)]
    public void Pixels_become_the_floats_that_the_model_was_trained_on(ImageLayout layout)
    {
        // One image of 3 channels, 1x2: by channels R R, G G, B B.
        var samples = HeldOutSamples.Of(new byte[] { 0, 255, 51, 102, 255, 0 }, new[] { 1 }).AsFloats(new ImageInput("x", 3, 1, 2, layout), [0, 0.2f, 0], [1, 0.4f, 2]);
        var input = samples.Trained(0, 1).Inputs.Single();
        float[] expected = layout == ImageLayout.Chw ? [0, 1, 0, 0.5f, 0.5f, 0] : [0, 0, 0.5f, 1, 0.5f, 0];
        Assert.Equal(expected, ((float[])input.Values).Select(v => MathF.Round(v, 5)));
        Assert.Equal(("x", layout == ImageLayout.Chw ? "3,1,2" : "1,2,3"), (input.Name, string.Join(",", input.ItemShape)));
        Assert.Equal([1], samples.Labels.ToArray());
        Assert.Equal((1, 0), (samples.WithoutLabels().Count, samples.WithoutLabels().Labels.Length));
    }

    [Fact]
    public void Means_that_fit_no_image_are_refused()
    {
        var samples = HeldOutSamples.Of(new byte[12], new[] { 1 });
        var image = new ImageInput("x", 3, 2, 2);
        Assert.Throws<ArgumentException>(() => samples.AsFloats(image, [0, 0], [1]));
        Assert.Throws<ArgumentException>(() => samples.AsFloats(image, [0], [0]));
        Assert.Contains("12 bytes", Assert.Throws<ExportException>(() => samples.AsFloats(image with { Width = 3 }, [0], [1]).Trained(0, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_are_samples_by_their_first_axis()
    {
        var samples = HeldOutSamples.Of([Initializer.Create<float>("a", [1, 2, 3, 4, 5, 6], 3, 2), Initializer.Create<long>("b", [7, 8, 9], 3)]);
        Assert.Equal(3, samples.Count);
        var inputs = samples.Deployed(1, 2).Inputs;
        Assert.Equal([3f, 4, 5, 6], (float[])inputs[0].Values);
        Assert.Equal([8L, 9], (long[])inputs[1].Values);
        Assert.Throws<ArgumentException>(() => HeldOutSamples.Of([Initializer.Create<float>("a", [1], 1), Initializer.Create<float>("b", [1, 2], 2)]));
        Assert.Throws<ArgumentException>(() => HeldOutSamples.Of([Initializer.Scalar("a", 1f)]));
        Assert.Contains("Float16", Assert.Throws<ArgumentException>(() => HeldOutSamples.Of([Initializer.Zeros("a", ElementType.Float16, 2)])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_are_made_up_where_their_first_axis_counts_samples()
    {
        Assert.Equal(5, HeldOutSamples.MadeUpFor(TestClassifier.Cnn(), 5)!.Count);
        Assert.Equal(2, HeldOutSamples.MadeUpFor(Fixed(), 5)!.Count);
        var scalar = new GraphBuilder("scalar");
        scalar.Output(scalar.Node(Ops.Relu, [scalar.Input("x", ElementType.Float)]), "y");
        Assert.Null(HeldOutSamples.MadeUpFor(scalar.Build(), 5));

        static Model Fixed()
        {
            var graph = new GraphBuilder("fixed");
            graph.Output(graph.Node(Ops.Relu, [graph.Input("x", ElementType.Float, 2, 4)]), "y");
            return graph.Build();
        }
    }

    [Fact]
    public void A_model_that_takes_pixels_by_rows_is_compared_on_images_by_rows()
    {
        // The first channel alone tells the classes apart, wherever the layout puts it.
        var graph = new GraphBuilder("rows");
        var x = graph.Node(Ops.Cast, [graph.Input("image", ElementType.UInt8, "batch", 2, 2, 3)], [("to", (long)ElementType.Float)]);
        graph.Output(graph.Node("ReduceSum", [graph.Node("Gather", [x, graph.Initializer(Initializer.Create<long>("red", [0L], 1))], [("axis", 3L)]), graph.Initializer(Initializer.Create<long>("axes", [1L, 2], 2))], [("keepdims", 0L)]), "y");
        var model = graph.Build();
        var report = ModelComparer.Compare(model, model, new CompareOptions(), HeldOutSamples.Of(new byte[] { 10, 20, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1 }, new[] { 0 }));
        Assert.Equal(30, Assert.Single(report.Outputs).Largest);
    }

    [Fact]
    public void What_image_a_model_takes_is_seen_from_its_shape()
    {
        Assert.Equal(new ImageInput("image", 3, TestClassifier.Side, TestClassifier.Side), ModelInspector.ImageOf(TestClassifier.Cnn()));
        var graph = new GraphBuilder("free");
        graph.Output(graph.Node(Ops.Relu, [graph.Input("x", ElementType.Float, "batch", 3, "height", "width")]), "y");
        Assert.Null(ModelInspector.ImageOf(graph.Build()));
    }
}
