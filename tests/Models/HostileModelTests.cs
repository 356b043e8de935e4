using Google.Protobuf;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Models.Proto;
using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Models.Tests;

/// <summary>Bytes from anywhere: a model that can be worked with, or a ModelFormatException; nothing else.</summary>
public sealed class HostileModelTests
{
    private static readonly byte[] Net = ModelRoundTripTests.Net().ToBytes();

    [Fact]
    public void A_model_cut_off_at_any_byte_is_refused_or_sound()
    {
        for (var length = 0; length < Net.Length; length++) Exercise(Net.AsSpan(0, length));
    }

    [Fact]
    public void Flipped_bits_are_refused_or_sound()
    {
        var random = new CounterRandom(1, RandomPurpose.Sampling);
        for (var round = 0; round < 4000; round++)
        {
            var bytes = Net.ToArray();
            for (var flips = 1 + random.Next(3); flips > 0; flips--) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            Exercise(bytes);
        }
    }

    [Fact]
    public void Random_bytes_are_refused_or_sound()
    {
        var random = new CounterRandom(2, RandomPurpose.Sampling);
        for (var round = 0; round < 4000; round++)
        {
            var bytes = new byte[random.Next(200)];
            foreach (ref var b in bytes.AsSpan()) b = (byte)random.Next(256);
            Exercise(bytes);
        }
    }

    [OnnxTestDataFact]
    public void Flipped_bits_in_ONNXs_own_models_are_refused_or_sound()
    {
        var random = new CounterRandom(3, RandomPurpose.Sampling);
        foreach (var path in OnnxTestData.Models.Where(p => new FileInfo(p).Length < 4096))
        {
            for (var round = 0; round < 6; round++)
            {
                var bytes = File.ReadAllBytes(path);
                if (bytes.Length > 0) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                Exercise(bytes);
            }
        }
    }

    [Fact]
    public void Graphs_nested_too_deep_are_refused()
    {
        var graph = new GraphProto { Name = "leaf" };
        for (var depth = 0; depth < 400; depth++)
        {
            var node = new NodeProto { OpType = "If" };
            node.Attribute.Add(new AttributeProto { Name = "then_branch", G = graph });
            graph = new GraphProto { Name = "branch" };
            graph.Node.Add(node);
        }
        Assert.Throws<ModelFormatException>(() => Model.Parse(Message(graph)));
    }

    [Fact]
    public void Two_initializers_of_one_name_are_refused()
    {
        var graph = new GraphProto { Name = "net" };
        graph.Initializer.Add(new TensorProto { Name = "w", DataType = 1, FloatData = { 1 } });
        graph.Initializer.Add(new TensorProto { Name = "w", DataType = 1, FloatData = { 2 } });
        Assert.Contains("two initializers named 'w'", Assert.Throws<ModelFormatException>(() => Model.Parse(Message(graph), "net.onnx")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_without_graph_or_operator_set_is_refused_with_its_source_named()
    {
        var graphless = new ModelProto { IrVersion = 10 };
        var setless = new ModelProto { IrVersion = 10, Graph = new GraphProto() };
        Assert.StartsWith("a.onnx: ", Assert.Throws<ModelFormatException>(() => Model.Parse(graphless.ToByteArray(), "a.onnx")).Message, StringComparison.Ordinal);
        Assert.Contains("operator set", Assert.Throws<ModelFormatException>(() => Model.Parse(setless.ToByteArray())).Message, StringComparison.Ordinal);
        Assert.Contains("no graph", Assert.Throws<ModelFormatException>(() => Model.Parse([])).Message, StringComparison.Ordinal);
        Assert.Contains("not an ONNX model", Assert.Throws<ModelFormatException>(() => Model.Parse("a plain text"u8)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_constant_whose_data_is_too_short_is_an_error_of_the_graph_not_a_crash()
    {
        var graph = new GraphProto { Name = "net" };
        var node = new NodeProto { OpType = "Constant", Output = { "c" } };
        node.Attribute.Add(new AttributeProto { Name = "value", Type = AttributeProto.Types.AttributeType.Tensor, T = new TensorProto { DataType = 7, Dims = { 4 }, RawData = ByteString.CopyFrom(1, 2) } });
        graph.Node.Add(node);
        Assert.Throws<ModelFormatException>(() => ShapeInference.Infer(Model.Parse(Message(graph))));
    }

    private static void Exercise(ReadOnlySpan<byte> bytes)
    {
        Model model;
        try
        {
            model = Model.Parse(bytes);
        }
        catch (ModelFormatException)
        {
            return;
        }
        GraphValidator.Check(model);
        Trainables.Of(model.Graph);
        try
        {
            ModelSummary.Of(model);
        }
        catch (Exception exception) when (exception is GraphException or ModelFormatException)
        {
            // The graph is well-formed as a message but makes no sense; that is said, not crashed on.
        }
        var copy = model.Clone();
        Assert.Equal(copy.ToBytes(), Model.Parse(model.ToBytes()).ToBytes());
    }

    private static byte[] Message(GraphProto graph)
    {
        var message = new ModelProto { IrVersion = 10, Graph = graph };
        message.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        return message.ToByteArray();
    }
}
