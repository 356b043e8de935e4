using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Tests;

/// <summary>Models with an If, whose branches are graphs inside an attribute.</summary>
internal static class SubgraphModel
{
    private const long GraphAttribute = 5;

    /// <summary>x → Identity → <paramref name="seen"/>; an If on "condition" gives Relu(seen) or Neg(seen) as "y".</summary>
    public static Model Make(string seen)
    {
        var graph = new TestModel();
        graph.Input("x", ElementType.Float, "batch", 4);
        graph.Constant(Initializer.Scalar("condition", true));
        graph.Graph.Nodes.Add(new Node("Identity", ["x"], [seen], "Identity_0"));
        var outer = graph.Output("y", ElementType.Float, "batch", 4).Build();

        var node = Wire.Field(1, Wire.Field(1, "condition"), Wire.Field(2, "y"), Wire.Field(4, "If"), Branch("then_branch", "Relu", seen), Branch("else_branch", "Neg", seen));
        return Model.Parse([.. outer.ToBytes(), .. Wire.Field(7, node)]);
    }

    private static byte[] Branch(string attribute, string op, string seen)
    {
        var body = new TestModel();
        var model = body.Output(body.Op(op, seen), ElementType.Float, "batch", 4).Build();
        return Wire.Field(5, Wire.Field(1, attribute), Wire.Field(6, Wire.Find(model.ToBytes(), 7)), Wire.Field(20, GraphAttribute));
    }
}
