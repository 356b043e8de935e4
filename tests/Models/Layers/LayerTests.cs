using OnnxPipeline.Models.Layers;
using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Models.Tests.Layers;

public sealed class LayerTests
{
    private static readonly Dictionary<string, Func<GraphBuilder, GraphValue, GraphValue>> ImageLayers = new()
    {
        ["Conv2d"] = (g, x) => g.Conv2d(x, 6, kernel: 3, stride: 2, padding: 1, dilation: 2, groups: 2),
        ["Conv2d without bias"] = (g, x) => g.Conv2d(x, 6, kernel: 5, bias: false),
        ["BatchNorm2d"] = (g, x) => g.BatchNorm2d(x),
        ["ReLU"] = (g, x) => g.Relu(x),
        ["LeakyReLU"] = (g, x) => g.LeakyRelu(x),
        ["Tanh"] = (g, x) => g.Tanh(x),
        ["Sigmoid"] = (g, x) => g.Sigmoid(x),
        ["GELU"] = (g, x) => g.Gelu(x),
        ["Softmax"] = (g, x) => g.Softmax(x, axis: 1),
        ["LogSoftmax"] = (g, x) => g.LogSoftmax(x, axis: 1),
        ["Dropout"] = (g, x) => g.Dropout(x, 0.5),
        ["MaxPool2d"] = (g, x) => g.MaxPool2d(x, kernel: 3, stride: 2, padding: 1),
        ["AveragePool2d"] = (g, x) => g.AveragePool2d(x, kernel: 3, stride: 2, padding: 1),
        ["GlobalAveragePool"] = (g, x) => g.GlobalAveragePool(x),
        ["Flatten and Linear"] = (g, x) => g.Linear(g.Flatten(x), 5),
        ["Flatten, Linear and BatchNorm1d"] = (g, x) => g.BatchNorm1d(g.Linear(g.Flatten(x), 5, bias: false)),
        ["residual sum"] = (g, x) => g.Add(x, g.Conv2d(x, 4, kernel: 3, padding: 1)),
        ["Concat"] = (g, x) => g.Concat([x, g.Conv2d(x, 2, kernel: 1)]),
    };

    public static TheoryData<string, long> Names
    {
        get
        {
            var data = new TheoryData<string, long>();
            foreach (var name in ImageLayers.Keys)
            {
                data.Add(name, 17);
                data.Add(name, 21);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_layer_runs_in_ONNX_Runtime_and_gives_the_shape_it_says(string name, long opset)
    {
        var g = new GraphBuilder("net", opset);
        var x = g.Input("x", ElementType.Float, "batch", 4, 9, 9);
        g.Output(ImageLayers[name](g, x), "y");
        var model = g.Build();

        Assert.Empty(GraphValidator.Check(model));
        var (inferred, actual) = (ShapeInference.Infer(model, strict: true)["y"], OrtRun.Types(model, batch: 2)["y"]);
        Assert.Equal("batch", inferred.Shape![0].Symbol);
        Assert.Equal(actual, inferred with { Shape = inferred.Shape.With(0, 2) });
    }

    [Fact]
    public void Pixels_are_normalised_by_channel()
    {
        var g = new GraphBuilder("net");
        var x = g.Input("x", ElementType.Float, 1, 2, 1, 2);
        var bytes = g.Node("Cast", [x], [("to", (long)ElementType.UInt8)]);
        g.Output(g.NormalizePixels(bytes, [0.5f, 0.25f], [0.5f, 0.2f]), "y");
        var y = OrtRun.Floats(g.Build(), [0, 255, 51, 102], 1, 2, 1, 2);
        float[] expected = [-1, 1, -0.25f, 0.75f];
        for (var i = 0; i < 4; i++) Assert.Equal(expected[i], y[i], 1e-6f);
        Assert.Empty(g.Graph.Initializers);
    }

    [Theory]
    [InlineData(17)]
    [InlineData(20)]
    public void GELU_is_exact(long opset)
    {
        var g = new GraphBuilder("net", opset);
        g.Output(g.Gelu(g.Input("x", ElementType.Float, 3)), "y");
        var y = OrtRun.Floats(g.Build(), [-1, 0, 2], 3);
        // PyTorch's torch.nn.functional.gelu
        Assert.Equal(-0.15865525f, y[0], 1e-6f);
        Assert.Equal(0, y[1]);
        Assert.Equal(1.9544997f, y[2], 1e-6f);
    }

    [Fact]
    public void Linear_multiplies_by_the_transposed_weight()
    {
        var g = new GraphBuilder("net");
        g.Output(g.Linear(g.Input("x", ElementType.Float, 1, 2), 3, name: "fc"), "y");
        float[] weight = [1, 2, 3, 4, 5, 6], bias = [10, 20, 30];
        weight.CopyTo(g.Graph.Initializers["fc.weight"].Span<float>());
        bias.CopyTo(g.Graph.Initializers["fc.bias"].Span<float>());
        Assert.Equal([21, 43, 65], OrtRun.Floats(g.Build(), [1, 5], 1, 2));
    }

    [Fact]
    public void A_layer_that_does_not_fit_says_what_it_wants()
    {
        var g = new GraphBuilder("net");
        var image = g.Input("x", ElementType.Float, "batch", 4, 9, 9);
        var flat = g.Flatten(image);
        AssertError(() => g.Linear(image, 10), "[batch,in]", "Float[batch,4,9,9]");
        AssertError(() => g.Conv2d(flat, 8, 3), "[N,C,H,W]", "Float[batch,324]");
        AssertError(() => g.BatchNorm1d(image), "[batch,C]", "Float[batch,4,9,9]");
        AssertError(() => g.Conv2d(image, 0, 3), "channels of at least 1", "0");
        AssertError(() => g.Conv2d(image, 6, 3, groups: 4), "groups that divide", "4");
        AssertError(() => g.Conv2d(image, 8, 11), "at least 11", "9");
        AssertError(() => g.Conv2d(image, 8, 3, padding: -1), "padding of at least 0", "-1");
        AssertError(() => g.MaxPool2d(image, 2, padding: 2), "half the kernel", "2");
        AssertError(() => g.Dropout(image, 1), "[0, 1)", "1");
        AssertError(() => g.NormalizePixels(image, [0], [1]), "4 means", "1 and 1");
        AssertError(() => g.NormalizePixels(image, [0, 0, 0, 0], [1, 1, 1, 0]), "positive standard deviations", "0]");
        AssertError(() => g.Add(image, flat), "broadcast", "[batch,324]");
    }

    private static void AssertError(Func<object?> build, string expected, string found)
    {
        var message = Assert.Throws<GraphException>(build).Message;
        Assert.Contains(expected, message.Split("found")[0], StringComparison.Ordinal);
        Assert.Contains(found, message.Split("found")[^1], StringComparison.Ordinal);
    }
}
