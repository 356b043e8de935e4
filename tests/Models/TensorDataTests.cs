using Google.Protobuf;
using OnnxPipeline.Models.Proto;

namespace OnnxPipeline.Models.Tests;

/// <summary>A tensor's elements may lie in raw_data or in a typed field; both must read alike.</summary>
public sealed class TensorDataTests
{
    private static readonly Dictionary<ElementType, (Action<TensorProto> Typed, byte[] Raw)> Cases = new()
    {
        [ElementType.Float] = (t => t.FloatData.Add([1.5f, -2]), [0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0]),
        [ElementType.Double] = (t => t.DoubleData.Add([1, -2]), [.. BitConverter.GetBytes(1d), .. BitConverter.GetBytes(-2d)]),
        [ElementType.Int64] = (t => t.Int64Data.Add([1, -2]), [.. BitConverter.GetBytes(1L), .. BitConverter.GetBytes(-2L)]),
        [ElementType.UInt64] = (t => t.Uint64Data.Add([1, ulong.MaxValue]), [.. BitConverter.GetBytes(1UL), .. BitConverter.GetBytes(ulong.MaxValue)]),
        [ElementType.UInt32] = (t => t.Uint64Data.Add([1, uint.MaxValue]), [1, 0, 0, 0, 255, 255, 255, 255]),
        [ElementType.Int32] = (t => t.Int32Data.Add([1, -2]), [1, 0, 0, 0, 254, 255, 255, 255]),
        [ElementType.Int16] = (t => t.Int32Data.Add([1, -2]), [1, 0, 254, 255]),
        [ElementType.UInt16] = (t => t.Int32Data.Add([1, 65535]), [1, 0, 255, 255]),
        [ElementType.Float16] = (t => t.Int32Data.Add([0x3C00, 0xC000]), [0, 0x3C, 0, 0xC0]),
        [ElementType.BFloat16] = (t => t.Int32Data.Add([0x3F80, 0xC000]), [0x80, 0x3F, 0, 0xC0]),
        [ElementType.Int8] = (t => t.Int32Data.Add([1, -2]), [1, 254]),
        [ElementType.UInt8] = (t => t.Int32Data.Add([1, 255]), [1, 255]),
        [ElementType.Bool] = (t => t.Int32Data.Add([1, 0]), [1, 0]),
        [ElementType.Float8E4M3FN] = (t => t.Int32Data.Add([0x38, 0xC0]), [0x38, 0xC0]),
        [ElementType.Int4] = (t => t.Int32Data.Add([0xF1]), [0xF1]),
        [ElementType.UInt4] = (t => t.Int32Data.Add([0xF1]), [0xF1]),
        [ElementType.Complex64] = (t => t.FloatData.Add([1, 2, 3, 4]), [.. new[] { 1f, 2f, 3f, 4f }.SelectMany(BitConverter.GetBytes)]),
        [ElementType.Complex128] = (t => t.DoubleData.Add([1, 2, 3, 4]), [.. new[] { 1d, 2d, 3d, 4d }.SelectMany(BitConverter.GetBytes)]),
    };

    public static TheoryData<ElementType> Types => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Types))]
    public void The_typed_field_and_raw_data_read_alike(ElementType type)
    {
        var (typed, raw) = (Proto(type, 2), Proto(type, 2));
        Cases[type].Typed(typed);
        raw.RawData = ByteString.CopyFrom(Cases[type].Raw);
        Assert.Equal(Cases[type].Raw, new Initializer(typed).Bytes.ToArray());
        Assert.Equal(Cases[type].Raw, new Initializer(raw).Bytes.ToArray());
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_byte_too_many_or_too_few_is_an_error(ElementType type)
    {
        foreach (var raw in new[] { Cases[type].Raw[1..], [.. Cases[type].Raw, 0] })
        {
            var proto = Proto(type, 2);
            proto.RawData = ByteString.CopyFrom(raw);
            Assert.Contains($"needs {Cases[type].Raw.Length} bytes", Assert.Throws<ModelFormatException>(() => new Initializer(proto)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_tensor_too_large_for_memory_is_refused_by_name() =>
        Assert.Contains("'huge' [1000000, 1000]", Assert.Throws<ArgumentException>(() => Initializer.Zeros("huge", ElementType.Float, 1_000_000, 1000)).Message, StringComparison.Ordinal);

    [Fact]
    public void Three_elements_of_4_bits_take_two_bytes()
    {
        var tensor = Initializer.FromBytes("q", ElementType.Int4, [0x21, 0x03], 3);
        Assert.Equal(3, tensor.ElementCount);
        Assert.Equal([0x21, 0x03], Model.Parse(WithInitializer(tensor).ToBytes()).Graph.Initializers["q"].Bytes.ToArray());
        Assert.Throws<ArgumentException>(() => Initializer.FromBytes("q", ElementType.Int4, [0x21], 3));
        var typed = Proto(ElementType.UInt4, 3);
        typed.Int32Data.Add([0x21, 0x03]);
        Assert.Equal([0x21, 0x03], new Initializer(typed).Bytes.ToArray());
    }

    [Theory]
    [InlineData(long.MaxValue, 2)]
    [InlineData(1L << 32, 1L << 32)]
    [InlineData(-1, 4)]
    [InlineData(1L << 61, 1)]
    public void Absurd_sizes_are_an_error_and_allocate_nothing(long first, long second) =>
        Assert.Throws<ModelFormatException>(() => new Initializer(Proto(ElementType.Float, first, second)));

    [Fact]
    public void Strings_are_counted()
    {
        var proto = Proto(ElementType.String, 2);
        proto.StringData.Add(ByteString.CopyFromUtf8("one"));
        Assert.Contains("needs 2 strings", Assert.Throws<ModelFormatException>(() => new Initializer(proto)).Message, StringComparison.Ordinal);
        Assert.Equal(["a", "b"], Initializer.OfStrings("labels", ["a", "b"]).Strings);
    }

    [Fact]
    public void Elements_are_only_given_as_what_they_are()
    {
        var tensor = Initializer.Create<float>("w", [1, 2], 2);
        Assert.Contains("holds Float, not Int64", Assert.Throws<InvalidOperationException>(() => tensor.Span<long>().Length).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Initializer.Create<float>("w", [1, 2], 3));
    }

    internal static Model WithInitializer(Initializer tensor)
    {
        var graph = new Graph("net");
        graph.Initializers.Add(tensor);
        graph.Outputs.Add(new Value(tensor.Name, tensor.Type));
        return new Model(graph);
    }

    private static TensorProto Proto(ElementType type, params long[] dims)
    {
        var proto = new TensorProto { Name = "t", DataType = (int)type };
        proto.Dims.AddRange(dims);
        return proto;
    }
}
