using Google.Protobuf;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Tests;

/// <summary>
/// Models with an If, whose branches are graphs inside an attribute. The library reads such models but does not build them, so the
/// node is encoded by hand: concatenated protobuf messages merge, and a repeated field grows.
/// </summary>
internal static class SubgraphModel
{
    private const int GraphAttribute = 5;

    /// <summary>x → Identity → <paramref name="seen"/>; an If on "condition" gives Relu(seen) or Neg(seen) as "y".</summary>
    public static Model Make(string seen)
    {
        var graph = new TestModel();
        graph.Input("x", ElementType.Float, "batch", 4);
        graph.Constant(Initializer.Scalar("condition", true));
        graph.Graph.Nodes.Add(new Node("Identity", ["x"], [seen], "Identity_0"));
        var outer = graph.Output("y", ElementType.Float, "batch", 4).Build();

        var branches = Message(5, Branch("then_branch", "Relu", seen)).Concat(Message(5, Branch("else_branch", "Neg", seen)));
        var node = Message(1, Text("condition")).Concat(Message(2, Text("y"))).Concat(Message(4, Text("If"))).Concat(branches);
        return Model.Parse([.. outer.ToBytes(), .. Message(7, [.. Message(1, [.. node])])]);
    }

    private static byte[] Branch(string name, string op, string seen)
    {
        var body = new TestModel();
        var result = body.Op(op, seen);
        var bytes = GraphOf(body.Output($"{result}", ElementType.Float, "batch", 4).Build());
        return [.. Message(1, Text(name)), .. Message(6, bytes), .. Number(20, GraphAttribute)];
    }

    /// <summary>The graph message inside a model message.</summary>
    private static byte[] GraphOf(Model model)
    {
        var stream = new CodedInputStream(model.ToBytes());
        for (var tag = stream.ReadTag(); tag != 0; tag = stream.ReadTag())
        {
            if (WireFormat.GetTagFieldNumber(tag) == 7) return stream.ReadBytes().ToByteArray();
            stream.SkipLastField();
        }
        throw new InvalidOperationException("The model has no graph.");
    }

    private static byte[] Text(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static byte[] Message(int field, byte[] content) => Encode(stream =>
    {
        stream.WriteTag(field, WireFormat.WireType.LengthDelimited);
        stream.WriteBytes(ByteString.CopyFrom(content));
    });

    private static byte[] Number(int field, int value) => Encode(stream =>
    {
        stream.WriteTag(field, WireFormat.WireType.Varint);
        stream.WriteInt32(value);
    });

    private static byte[] Encode(Action<CodedOutputStream> write)
    {
        using var memory = new MemoryStream();
        using (var stream = new CodedOutputStream(memory, leaveOpen: true)) write(stream);
        return memory.ToArray();
    }
}
