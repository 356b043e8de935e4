using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Inference.Server.Batching;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Protocol;

namespace OnnxPipeline.Inference.Server.Tests;

public sealed class TensorFormTests
{
    private const long Limit = 1 << 20;

    [Fact]
    public void Texts_survive_their_binary_form() => Prop.ForAll<byte[][]>(texts =>
    {
        using var tensor = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [texts.Length]);
        for (var i = 0; i < texts.Length; i++)
        {
            if (texts[i].Length > 0) tensor.StringTensorSetElementAt(texts[i].AsSpan(), i);
        }
        var bytes = Written(tensor);
        Assert.Equal(texts.Sum(t => t.Length + 4), bytes.Length);
        using var read = BinaryTensors.Read(bytes, TensorElementType.String, [texts.Length], "input", Limit);
        for (var i = 0; i < texts.Length; i++) Assert.Equal(texts[i], read.GetStringElementAsSpan(i).ToArray());
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(new byte[] { 1, 0, 0 }, 1)]
    [InlineData(new byte[] { 2, 0, 0, 0, 65 }, 1)]
    [InlineData(new byte[] { 255, 255, 255, 255, 65 }, 1)]
    [InlineData(new byte[] { 0, 0, 0, 0, 65 }, 1)]
    [InlineData(new byte[] { 0, 0, 0, 0 }, long.MaxValue)]
    [InlineData(new byte[] { 0, 0, 0, 128, 0, 0, 0, 0 }, 2)]
    public void Texts_of_lengths_that_are_not_theirs_are_refused(byte[] bytes, long count) =>
        Assert.Equal(400, Assert.Throws<RequestException>(() => BinaryTensors.Read(bytes, TensorElementType.String, [count], "input", Limit)).Status);

    [Fact]
    public void A_truth_is_zero_or_one() =>
        Assert.Equal(400, Assert.Throws<RequestException>(() => BinaryTensors.Read([0, 1, 2], TensorElementType.Bool, [3], "input", Limit)).Status);

    [Fact]
    public void An_axis_beyond_all_memory_is_refused_even_where_nothing_is_in_it() =>
        Assert.Equal(413, Assert.Throws<RequestException>(() => BinaryTensors.Read([], TensorElementType.Float, [1L << 62, 0], "input", Limit)).Status);

    [Fact]
    public void Rows_taken_are_those_of_the_tensors_one_after_the_other() => Prop.ForAll<byte[], byte[], ushort>((a, b, place) =>
    {
        byte[] all = [.. a, .. b];
        var start = place % (all.Length + 1);
        var taken = place / 256 % (all.Length - start + 1);
        using var left = Column(a);
        using var right = Column(b);
        using var rows = RowTensors.Take([left, right], start, taken);
        Assert.Equal([taken, 2], rows.GetTensorTypeAndShape().Shape);
        Assert.Equal(all.Skip(start).Take(taken).SelectMany(v => new[] { v, (byte)~v }), taken == 0 ? [] : rows.GetTensorDataAsSpan<byte>().ToArray());
    }).QuickCheckThrowOnFailure();

    private static OrtValue Column(byte[] values) => OrtValue.CreateTensorValueFromMemory(values.SelectMany(v => new[] { v, (byte)~v }).ToArray(), [values.Length, 2]);

    private static byte[] Written(OrtValue tensor)
    {
        var buffer = new ArrayBufferWriter<byte>();
        BinaryTensors.Write(buffer, tensor, tensor.GetTensorTypeAndShape());
        return buffer.WrittenSpan.ToArray();
    }
}
