using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using OnnxPipeline.Models.Layers;
using OnnxPipeline.Models.Proto;
using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Models.Tests;

public sealed class ModelRoundTripTests
{
    private static readonly Gen<Model> Models =
        from opset in Gen.Choose(13, 22)
        from depth in Gen.Choose(0, 6)
        from kinds in Gen.Choose(0, 6).ArrayOf(depth)
        from seed in ArbMap.Default.GeneratorFor<ulong>()
        from text in ArbMap.Default.GeneratorFor<NonNull<string>>()
        select Build(opset, kinds, seed, text.Get);

    [Fact]
    public void Writing_and_reading_any_graph_gives_the_same_message() => Prop.ForAll(Models.ToArbitrary(), model =>
    {
        var bytes = model.ToBytes();
        var read = Model.Parse(bytes);
        Assert.Equal(ModelProto.Parser.ParseFrom(bytes), read.ToProto());
        Assert.Equal(bytes, read.ToBytes());
        Assert.Equal(bytes, model.Clone().ToBytes());
        Assert.Empty(GraphValidator.Check(read));
    }).QuickCheckThrowOnFailure();

    [OnnxTestDataFact]
    public void ONNXs_own_models_come_back_as_the_same_message()
    {
        foreach (var path in OnnxTestData.Models)
        {
            var message = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
            var model = Model.Load(path);
            foreach (var node in model.Graph.Nodes) Assert.NotEmpty(node.ToString());
            var written = ModelProto.Parser.ParseFrom(model.ToBytes());
            // The one liberty taken: operator sets are sorted by domain, and "ai.onnx" is written as "".
            message.OpsetImport.Clear();
            written.OpsetImport.Clear();
            Assert.True(message.Equals(written), OnnxTestData.NameOf(path));
        }
    }

    [Fact]
    public void Fields_of_later_versions_survive()
    {
        var message = new ModelProto { IrVersion = 10, Graph = new GraphProto { Name = "net" } };
        message.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        message.Graph.Node.Add(new NodeProto { OpType = "Relu" });
        // Field 1000 of the model and of a node, length-delimited: known to no version.
        var unknown = new byte[] { 0xC2, 0x3E, 3, 1, 2, 3 };
        message.Graph.Node[0].MergeFrom(unknown);
        byte[] bytes = [.. message.ToByteArray(), .. unknown];

        var model = Model.Parse(bytes);
        model.Graph.Nodes[0].Name = "changed";
        var written = model.ToBytes();

        Assert.Equal(2, Count(written, unknown));
        Assert.Equal(2, Count(model.Clone().ToBytes(), unknown));
    }

    [Fact]
    public void A_name_set_on_an_initializer_is_the_one_it_is_found_by()
    {
        var graph = new Graph("net");
        graph.Initializers.Add(Initializer.Scalar("a", 1f));
        graph.Initializers.Add(Initializer.Scalar("b", 2f));
        graph.Initializers["a"].Name = "c";
        Assert.False(graph.Initializers.Contains("a"));
        Assert.Equal(1f, graph.Initializers["c"].Span<float>()[0]);
        Assert.Throws<ArgumentException>(() => graph.Initializers["c"].Name = "b");
        Assert.Equal("c", graph.Initializers[0].Name);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_clone_shares_no_elements(bool touched)
    {
        var model = Model.Parse(Net().ToBytes());
        var weight = model.Graph.Initializers["head.weight"];
        var first = Model.Parse(model.ToBytes()).Graph.Initializers["head.weight"].Span<float>()[0];
        if (touched) weight.Span<float>()[0] = first;
        var clone = model.Clone();
        weight.Span<float>()[0] = 77;
        Assert.Equal(first, clone.Graph.Initializers["head.weight"].Span<float>()[0]);
        clone.Graph.Initializers["head.weight"].Span<float>()[0] = -1;
        clone.Graph.Nodes.Clear();
        Assert.Equal(77, weight.Span<float>()[0]);
        Assert.NotEmpty(model.Graph.Nodes);
    }

    [Fact]
    public void A_tensor_given_to_an_attribute_or_taken_from_it_is_a_copy()
    {
        var tensor = Initializer.Scalar("t", 1f);
        var node = new Node("Constant", [], ["c"]).Set("value", tensor);
        tensor.Span<float>()[0] = 2;
        node.Tensor("value")!.Span<float>()[0] = 3;
        Assert.Equal(1, node.Tensor("value")!.Span<float>()[0]);
    }

    [Fact]
    public void A_subgraph_read_from_a_node_is_a_copy()
    {
        var proto = new NodeProto { OpType = "If" };
        proto.Attribute.Add(new AttributeProto { Name = "then_branch", G = new GraphProto { Name = "then", Initializer = { new TensorProto { Name = "w", DataType = 1, Dims = { 1 }, FloatData = { 1 } } } } });
        var node = new Node(proto);
        node.Subgraphs.Single().Initializers["w"].Span<float>()[0] = 5;
        Assert.Equal(1, node.Subgraphs.Single().Initializers["w"].Span<float>()[0]);
    }

    internal static Model Net() => ModelRegistry.Build(new MlpOptions { Hidden = [4] }, new ImageModelInput(1, 3, 3), 3, 0);

    private static int Count(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> pattern) => bytes.Count(pattern);

    private static Model Build(int opset, int[] kinds, ulong seed, string text)
    {
        var g = new GraphBuilder("net", opset) { Weights = new WeightInitializer(Initialization.Normal, Activation.Relu, seed) };
        g.Model.Description = new string([.. text.Where(c => !char.IsSurrogate(c))]);
        g.Model.Metadata["note"] = g.Model.Description;
        var x = g.Input("x", ElementType.Float, "batch", 2, 6, 6);
        foreach (var kind in kinds)
        {
            x = kind switch
            {
                0 => g.Conv2d(x, 2, kernel: 3, padding: 1),
                1 => g.BatchNorm2d(x),
                2 => g.Gelu(x),
                3 => g.Dropout(x, 0.5),
                4 => g.Add(x, g.Initializer(Initializer.Create<float>(g.UniqueName("w"), [1, 2], 2, 1, 1))),
                5 => g.Node("Pad", [x, g.Vector(0, 0, 0, 0, 0, 0, 0, 0)]),
                _ => g.Node("Unknown", [x, ""], [("s", "text"), ("fs", new[] { 1f, float.NaN })], domain: "org.example"),
            };
            if (x.Shape is null) break;
        }
        g.Output(x, "y");
        return g.Build();
    }
}
