using System.Globalization;
using OnnxPipeline.Models.Proto;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Models.Tests;

public sealed class ModelFileTests
{
    [Fact]
    public void A_saved_model_is_read_back_and_leaves_no_temporary_file()
    {
        using var folder = new TempFolder();
        var model = ModelRoundTripTests.Net();
        File.WriteAllText(folder.File("net.onnx"), "an older file");
        model.Save(folder.File("net.onnx"));
        Assert.Equal(model.ToBytes(), Model.Load(folder.File("net.onnx")).ToBytes());
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_file_as_it_was()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("net.onnx"));
        Assert.ThrowsAny<Exception>(() => ModelRoundTripTests.Net().Save(folder.File("net.onnx")));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Weights_above_the_threshold_go_to_a_file_of_their_own_and_come_back()
    {
        using var folder = new TempFolder();
        var model = ModelRoundTripTests.Net();
        var bytes = model.ToBytes();
        model.Save(folder.File("net.onnx"), new SaveOptions { ExternalDataThreshold = 40 });

        var message = ModelProto.Parser.ParseFrom(File.ReadAllBytes(folder.File("net.onnx")));
        Assert.Equal(["linear1.weight", "head.weight"], message.Graph.Initializer.Where(t => t.ExternalData.Count > 0).Select(t => t.Name));
        Assert.All(message.Graph.Initializer.SelectMany(t => t.ExternalData).Where(e => e.Key == "offset"), e => Assert.Equal(0, long.Parse(e.Value, CultureInfo.InvariantCulture) % 4096));
        Assert.Equal(bytes, model.ToBytes());
        Assert.Equal(bytes, Model.Load(folder.File("net.onnx")).ToBytes());
        Assert.Equal(["net.onnx", "net.onnx.data"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_model_too_large_for_one_message_is_split_unasked()
    {
        using var folder = new TempFolder();
        var model = TensorDataTests.WithInitializer(Initializer.Zeros("w", ElementType.Float, 1000));
        ModelWriter.Save(model, folder.File("net.onnx"), new SaveOptions(), limit: 4000);
        Assert.Equal(4000, new FileInfo(folder.File("net.onnx.data")).Length);
        Assert.Equal(model.ToBytes(), Model.Load(folder.File("net.onnx")).ToBytes());
    }

    [Fact]
    public void Elements_in_typed_fields_go_to_the_data_file_too()
    {
        using var folder = new TempFolder();
        var tensor = new TensorProto { Name = "w", DataType = (int)ElementType.Float, Dims = { 4 }, FloatData = { 1, 2, 3, 4 } };
        TensorDataTests.WithInitializer(new Initializer(tensor)).Save(folder.File("net.onnx"), new SaveOptions { ExternalDataThreshold = 16 });
        Assert.Equal([1, 2, 3, 4], Model.Load(folder.File("net.onnx")).Graph.Initializers["w"].Span<float>().ToArray());
        Assert.Equal(16, new FileInfo(folder.File("net.onnx.data")).Length);
    }

    [Fact]
    public void ONNX_Runtime_reads_external_data_as_it_is_written()
    {
        using var folder = new TempFolder();
        ModelRoundTripTests.Net().Save(folder.File("net.onnx"), new SaveOptions { ExternalDataThreshold = 1 });
        using var session = Runtime.SessionFactory.Create(folder.File("net.onnx"), new Runtime.SessionSettings { Threads = 1 });
        Assert.Equal("logits", session.OutputNames.Single());
    }

    [Theory]
    [InlineData("../secret.bin", "0", "16", "outside")]
    [InlineData("/etc/passwd", "0", "16", "outside")]
    [InlineData("a/../../secret.bin", "0", "16", "outside")]
    [InlineData("absent.bin", "0", "16", "not beside the model")]
    [InlineData("", "0", "16", "names no file")]
    [InlineData("w\0.bin", "0", "16", "outside")]
    [InlineData("data.bin", "8", "16", "which has only 16")]
    [InlineData("data.bin", "9223372036854775807", "16", "which has only 16")]
    [InlineData("data.bin", "0", "12", "declares 12")]
    [InlineData("data.bin", "-1", "16", "offset '-1'")]
    [InlineData("data.bin", "0", "many", "length 'many'")]
    [InlineData("link.bin", "0", "16", "link")]
    [InlineData("sub/secret.bin", "0", "16", "link")]
    public void External_data_that_is_not_right_is_refused(string location, string offset, string length, string reason)
    {
        using var outside = new TempFolder();
        using var folder = new TempFolder();
        File.WriteAllBytes(outside.File("secret.bin"), new byte[16]);
        File.WriteAllBytes(folder.File("data.bin"), new byte[16]);
        File.CreateSymbolicLink(folder.File("link.bin"), outside.File("secret.bin"));
        Directory.CreateSymbolicLink(folder.File("sub"), outside.Path);

        File.WriteAllBytes(folder.File("net.onnx"), External(location, offset, length));
        Assert.Contains(reason, Assert.Throws<ModelFormatException>(() => Model.Load(folder.File("net.onnx"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_within_the_folder_is_followed()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.File("data.bin"), Enumerable.Range(0, 16).Select(i => (byte)i).ToArray());
        File.CreateSymbolicLink(folder.File("link.bin"), folder.File("data.bin"));
        File.WriteAllBytes(folder.File("net.onnx"), External("link.bin", "0", "16"));
        Assert.Equal(15, Model.Load(folder.File("net.onnx")).Graph.Initializers["w"].Bytes.Span[15]);
    }

    [Fact]
    public void External_data_that_was_not_loaded_says_how_to_load_it()
    {
        var model = Model.Parse(External("data.bin", "0", "16"));
        Assert.Contains("Model.Load", Assert.Throws<ModelFormatException>(() => model.Graph.Initializers["w"].Bytes).Message, StringComparison.Ordinal);
    }

    private static byte[] External(string location, string offset, string length)
    {
        var message = ModelProto.Parser.ParseFrom(TensorDataTests.WithInitializer(Initializer.Zeros("w", ElementType.Float, 4)).ToBytes());
        var tensor = message.Graph.Initializer[0];
        tensor.ClearRawData();
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = offset });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = length });
        return Google.Protobuf.MessageExtensions.ToByteArray(message);
    }
}
