using OnnxPipeline.Export.Tests;
using OnnxPipeline.Models;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Tests;

/// <summary>The brightness model with a Loop behind it that turns 1e12 times the brightest pixel: a black image is answered at once, and any other never.</summary>
internal static class LoopModel
{
    private const long GraphAttribute = 5;

    public static byte[] Make()
    {
        var outer = Model.Parse(TestModels.Brightness());
        var graph = outer.Graph;
        graph.Nodes[^1] = new Node("Softmax", ["logits"], ["steady"]).Set("axis", -1);
        graph.Initializers.Add(Initializer.Create<float>("many", [1e12f]));
        graph.Nodes.Add(new Node("ReduceMax", ["floats"], ["brightest"]).Set("keepdims", 0));
        graph.Nodes.Add(new Node("Mul", ["brightest", "many"], ["turns"]));
        graph.Nodes.Add(new Node("Cast", ["turns"], ["trips.1"]).Set("to", (long)ElementType.Int64));
        graph.Nodes.Add(new Node("ReduceMax", ["trips.1"], ["trips"]).Set("keepdims", 0));

        var body = new Graph("body");
        body.Inputs.AddRange([new Value("turn", ElementType.Int64), new Value("go", ElementType.Bool), new Value("value", ElementType.Float, "batch", 3)]);
        body.Outputs.AddRange([new Value("goOn", ElementType.Bool), new Value("next", ElementType.Float, "batch", 3)]);
        body.Nodes.Add(new Node("Identity", ["go"], ["goOn"]));
        body.Nodes.Add(new Node("Relu", ["value"], ["next"]));
        var attribute = Wire.Field(5, Wire.Field(1, "body"), Wire.Field(6, Wire.Find(new Model(body).ToBytes(), 7)), Wire.Field(20, GraphAttribute));
        var loop = Wire.Field(1, Wire.Field(1, "trips"), Wire.Field(1, ""), Wire.Field(1, "steady"), Wire.Field(2, "probabilities"), Wire.Field(4, "Loop"), attribute);
        return [.. outer.ToBytes(), .. Wire.Field(7, loop)];
    }
}
