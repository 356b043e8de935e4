using OnnxPipeline.Models.Layers;
using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Models.Tests;

public sealed class TrainablesTests
{
    [Fact]
    public void Weights_train_and_running_statistics_do_not()
    {
        var model = ModelRegistry.Build(new CnnOptions { Channels = [[4]] }, new ImageModelInput(1, 8, 8), 10, 0);
        Assert.Equal(["conv1.weight", "bn1.weight", "bn1.bias", "head.weight", "head.bias"], Trainables.Of(model.Graph).Select(t => t.Name));
        Assert.Contains(model.Graph.Initializers, t => t.Name == "bn1.running_mean");
    }

    [Fact]
    public void Scalars_integers_parameters_and_unused_tensors_do_not_train()
    {
        var g = new GraphBuilder("net");
        var x = g.Input("x", ElementType.Float, 1, 1, 4, 4);
        g.Initializer(Initializer.Zeros("unused", ElementType.Float, 3));
        x = g.Node("Mul", [x, g.Initializer(Initializer.Scalar("scalar", 2f))]);
        x = g.Node("Resize", [x, "", g.Initializer(Initializer.Create<float>("scales", [1, 1, 2, 2], 4))]);
        x = g.Node("Reshape", [x, g.Initializer(Initializer.Create<long>("shape", [1, 64], 2))]);
        x = g.Node("Add", [x, g.Initializer(Initializer.Zeros("weight", ElementType.Float, 64))]);
        g.Output(x, "y");
        Assert.Equal(["weight"], Trainables.Of(g.Build().Graph).Select(t => t.Name));
    }

    [Fact]
    public void What_bytes_of_pixels_are_prepared_with_does_not_train_and_a_position_on_floats_does()
    {
        Assert.Equal(["position", "head.weight", "head.bias"], Weights(ElementType.Float));
        Assert.Equal(["head.weight", "head.bias"], Weights(ElementType.UInt8));

        static IEnumerable<string> Weights(ElementType input)
        {
            var g = new GraphBuilder("net");
            var x = g.Node(Ops.Cast, [g.Input("x", input, "batch", 4)], [("to", (long)ElementType.Float)]);
            x = g.Node(Ops.Add, [x, g.Initializer(Initializer.Zeros("position", ElementType.Float, 4))]);
            g.Output(g.Linear(x, 2, name: "head"), "y");
            return Trainables.Of(g.Build().Graph).Select(t => t.Name);
        }
    }

    [Fact]
    public void A_tensor_tied_between_layers_trains_once()
    {
        var g = new GraphBuilder("net");
        var weight = g.Initializer(Initializer.Zeros("tied", ElementType.Float, 4, 4));
        var x = g.Input("x", ElementType.Float, "batch", 4);
        g.Output(g.Node("MatMul", [g.Node("MatMul", [x, weight]), weight]), "y");
        Assert.Equal(["tied"], Trainables.Of(g.Build().Graph).Select(t => t.Name));
    }
}
