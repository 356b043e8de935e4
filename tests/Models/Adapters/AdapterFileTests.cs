using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Models.Adapters;

namespace OnnxPipeline.Models.Tests.Adapters;

public sealed class AdapterFileTests
{
    private static readonly AdapterFile Small = new()
    {
        ModelVersion = 77,
        Tensors = [Tensor("fc.weight.lora_A", [3, 2], [1, 2, 3, 4, 5, 6]), Tensor("fc.weight.lora_B", [2, 4], [.. Enumerable.Range(0, 8).Select(i => i / 8f)])],
    };

    [Fact]
    public void What_is_written_is_read()
    {
        var names = Gen.Elements("a", "fc1.weight.lora_A", "ärmel/β:0", "*");
        var floats = Gen.Choose(-1000, 1000).Select(i => i / 7f);
        var tensors =
            from count in Gen.Choose(1, 4)
            from rows in Gen.Choose(1, 5).ArrayOf(count)
            from columns in Gen.Choose(1, 5).ArrayOf(count)
            from name in names.ArrayOf(count)
            from values in floats.ArrayOf(25)
            select (AdapterTensor[])[.. Enumerable.Range(0, count).Select(i => Tensor($"{name[i]}{i}", [rows[i], columns[i]], values[..(rows[i] * columns[i])]))];
        Prop.ForAll(tensors.ToArbitrary(), Arb.From(Gen.Choose(int.MinValue, int.MaxValue)), (all, version) =>
        {
            var file = new AdapterFile { ModelVersion = version, AdapterVersion = 3, Tensors = all };
            var read = AdapterFile.Parse(file.ToBytes());
            return read.ModelVersion == version && read.AdapterVersion == 3 && read.ToBytes().SequenceEqual(file.ToBytes())
                && read.Tensors.Zip(all).All(pair => pair.First.Name == pair.Second.Name && pair.First.Dims.SequenceEqual(pair.Second.Dims) && pair.First.Data.Span.SequenceEqual(pair.Second.Data.Span));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Elements_lie_where_any_type_can_be_read()
    {
        var bytes = Small.ToBytes();
        foreach (var tensor in AdapterFile.Parse(bytes).Tensors)
        {
            Assert.True(MemoryMarshal.TryGetArray(tensor.Data, out var part));
            Assert.Same(bytes, part.Array);
            Assert.Equal(0, part.Offset % 8);
        }
    }

    [Fact]
    public void A_cut_file_is_refused_wherever_it_is_cut()
    {
        var bytes = Small.ToBytes();
        // What a FlatBuffer refers to lies behind what refers to it, the root in front.
        for (var length = 0; length < bytes.Length; length++) Assert.Throws<AdapterFormatException>(() => AdapterFile.Parse(bytes[..length], "cut"));
    }

    [Fact]
    public void Changed_bytes_are_refused_or_read_as_tensors_whose_data_are_there()
    {
        var bytes = Small.ToBytes();
        for (var at = 0; at < bytes.Length; at++)
        {
            foreach (var value in (byte[])[0, 1, 0x7f, 0x80, 0xff, (byte)~bytes[at]])
            {
                var changed = bytes.ToArray();
                changed[at] = value;
                TryParse(changed);
            }
        }
    }

    [Fact]
    public void Overwritten_words_are_refused_or_read_as_tensors_whose_data_are_there() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, Small.ToBytes().Length - 8)), Arb.From(Gen.Choose(int.MinValue, int.MaxValue)), Arb.From(Gen.Elements(true, false)), (at, value, twice) =>
        {
            var changed = Small.ToBytes();
            BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(at), value);
            if (twice) BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(at + 4), -value);
            TryParse(changed);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    public static TheoryData<string, AdapterTensor[]> Unfit => new()
    {
        { "takes 24 bytes, but has 20", [Small.Tensors[0] with { Data = new byte[20] }] },
        { "an axis of size 0", [Small.Tensors[0] with { Dims = [0, 2], Data = Array.Empty<byte>() }] },
        { "an axis of size -3", [Small.Tensors[0] with { Dims = [-3, -2] }] },
        { "more than 2147483647 bytes", [Small.Tensors[0] with { Dims = [long.MaxValue, long.MaxValue, long.MaxValue] }] },
        { "elements of type 8", [Small.Tensors[0] with { DataType = 8 }] },
        { "elements of type 0", [Small.Tensors[0] with { DataType = 0 }] },
        { "2 tensors named 'fc.weight.lora_A'", [Small.Tensors[0], Small.Tensors[0]] },
        { "without a name", [Small.Tensors[0] with { Name = "" }] },
        { "holds no tensors", [] },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public void Tensors_that_ONNX_Runtime_would_read_beyond_are_refused(string reason, AdapterTensor[] tensors)
    {
        var bytes = (Small with { Tensors = tensors }).ToBytes();
        Assert.Contains(reason, Assert.Throws<AdapterFormatException>(() => AdapterFile.Parse(bytes, "bad.onnx_adapter")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("is no adapter (0 bytes", new byte[0])]
    [InlineData("is no adapter (12 bytes", new byte[] { 8, 0, 0, 0, (byte)'O', (byte)'R', (byte)'T', (byte)'M', 0, 0, 0, 0 })]
    [InlineData("is a damaged adapter", new byte[] { 255, 255, 255, 127, (byte)'T', (byte)'O', (byte)'R', (byte)'T', 0, 0, 0, 0 })]
    public void Other_files_are_told_apart(string reason, byte[] bytes) =>
        Assert.StartsWith($"x.onnx_adapter: {reason}", Assert.Throws<AdapterFormatException>(() => AdapterFile.Parse(bytes, "x.onnx_adapter")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_base_is_told_by_the_first_31_bits_of_its_fingerprint()
    {
        Assert.Equal(int.MaxValue, AdapterFile.ModelVersionOf(new string('f', 64)));
        Assert.Equal(1, AdapterFile.ModelVersionOf("00000002" + new string('f', 56)));
    }

    private static void TryParse(byte[] bytes)
    {
        try
        {
            foreach (var tensor in AdapterFile.Parse(bytes, "changed").Tensors) Assert.True(tensor.Data.Length > 0 && tensor.Dims.All(d => d > 0), tensor.ToString());
        }
        catch (AdapterFormatException exception)
        {
            Assert.StartsWith("changed: ", exception.Message, StringComparison.Ordinal);
        }
    }

    private static AdapterTensor Tensor(string name, long[] dims, float[] values) => new(name, AdapterTensor.Float, dims, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
}
