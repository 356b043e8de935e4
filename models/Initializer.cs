using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Google.Protobuf;
using OnnxPipeline.Models.Proto;

namespace OnnxPipeline.Models;

/// <summary>
/// A named constant tensor: a weight of a graph, or the value of an attribute. Elements are row-major and little-endian, as
/// in TensorProto.raw_data. A tensor read from a file is left as it was until its elements are first touched.
/// </summary>
public sealed class Initializer
{
    // The elements are in one place only: in the message until they are first touched, in _data from then on.
    private readonly TensorProto _proto;
    private byte[]? _data;

    private Initializer(TensorProto proto, byte[]? data)
    {
        _proto = proto;
        _data = data;
    }

    private Initializer(string name, ElementType type, IEnumerable<long> dims, byte[] data)
    {
        _proto = new TensorProto { Name = name, DataType = (int)type };
        _proto.Dims.AddRange(dims);
        _data = data;
    }

    /// <exception cref="ModelFormatException">Shape and data do not fit each other.</exception>
    internal Initializer(TensorProto proto)
    {
        TensorData.Check(proto);
        _proto = proto;
    }

    /// <summary>The name; setting it keeps the list that holds the tensor in step.</summary>
    /// <exception cref="ArgumentException">The list has another tensor of that name.</exception>
    public string Name
    {
        get => _proto.Name;
        set
        {
            Owner?.Rename(this, value);
            _proto.Name = value;
        }
    }

    public ElementType ElementType => (ElementType)_proto.DataType;

    /// <summary>The sizes of the axes; none for a scalar.</summary>
    public IReadOnlyList<long> Dims => _proto.Dims;

    public TensorShape Shape => TensorShape.Of(_proto.Dims);

    public TensorType Type => new(ElementType, Shape);

    public long ElementCount => _proto.Dims.Aggregate(1L, (product, dim) => checked(product * dim));

    /// <summary>The raw bytes, for reading. Not for strings.</summary>
    public ReadOnlyMemory<byte> Bytes => Data;

    /// <summary>The strings of a string tensor.</summary>
    public IReadOnlyList<string> Strings => [.. _proto.StringData.Select(s => s.ToStringUtf8())];

    internal bool IsExternal => _proto.DataLocation == TensorProto.Types.DataLocation.External;

    /// <summary>The list that holds this tensor under its name.</summary>
    internal InitializerList? Owner { get; set; }

    private byte[] Data
    {
        get
        {
            UseRawData();
            return _data;
        }
    }

    /// <summary>A tensor of these values, copied.</summary>
    public static Initializer Create<T>(string name, ReadOnlySpan<T> values, params IEnumerable<long> dims) where T : unmanaged
    {
        var tensor = new Initializer(name, ElementTypes.Of<T>(), dims, MemoryMarshal.AsBytes(values).ToArray());
        if (tensor.ElementCount != values.Length)
            throw new ArgumentException($"Initializer '{name}': shape {tensor.Shape} has {tensor.ElementCount} elements, but {values.Length} were given.");
        return tensor;
    }

    /// <summary>A tensor of raw bytes in the layout of raw_data, copied.</summary>
    public static Initializer FromBytes(string name, ElementType type, ReadOnlySpan<byte> data, params IEnumerable<long> dims)
    {
        var tensor = new Initializer(name, type, dims, data.ToArray());
        var expected = type.ByteLength(tensor.ElementCount);
        if (expected != data.Length)
            throw new ArgumentException($"Initializer '{name}': {tensor.Type} takes {expected} bytes, but {data.Length} were given.");
        return tensor;
    }

    /// <summary>A tensor of zeros.</summary>
    /// <exception cref="ArgumentException">It would take more bytes than an array holds, which is a little less than 2 GiB.</exception>
    public static Initializer Zeros(string name, ElementType type, params IEnumerable<long> dims)
    {
        var sizes = dims.ToArray();
        var count = sizes.Aggregate(1L, (product, dim) => checked(product * dim));
        var bytes = type.ByteLength(count);
        if (bytes > Array.MaxLength)
            throw new ArgumentException($"Initializer '{name}' [{string.Join(", ", sizes)}] would take {bytes:N0} bytes; a tensor holds at most {Array.MaxLength:N0}. Make the layer smaller.");
        return new Initializer(name, type, sizes, new byte[bytes]);
    }

    public static Initializer Scalar<T>(string name, T value) where T : unmanaged => Create(name, new ReadOnlySpan<T>(in value));

    /// <summary>A tensor of strings: a vector, or of the shape that is given.</summary>
    public static Initializer OfStrings(string name, IReadOnlyList<string> values, IReadOnlyList<long>? dims = null)
    {
        var proto = new TensorProto { Name = name, DataType = (int)ElementType.String };
        proto.Dims.AddRange(dims ?? [values.Count]);
        proto.StringData.AddRange(values.Select(ByteString.CopyFromUtf8));
        return new Initializer(proto);
    }

    /// <summary>The elements, writable in place.</summary>
    /// <exception cref="InvalidOperationException">The elements are of another type.</exception>
    public Span<T> Span<T>() where T : unmanaged
    {
        if (ElementTypes.Of<T>() != ElementType)
            throw new InvalidOperationException($"Initializer '{Name}' holds {ElementType}, not {ElementTypes.Of<T>()}.");
        return MemoryMarshal.Cast<byte, T>(Data.AsSpan());
    }

    /// <summary>A deep copy, under another name if one is given.</summary>
    public Initializer Clone(string? name = null)
    {
        var clone = new Initializer(_proto.Clone(), _data?.ToArray());
        if (name is not null) clone.Name = name;
        return clone;
    }

    public override string ToString() => $"{Name}: {Type}";

    /// <summary>The message. Its raw data shares this tensor's array: serialise it or copy it before the next write.</summary>
    internal TensorProto ToProto()
    {
        if (_data is not null) _proto.RawData = UnsafeByteOperations.UnsafeWrap(_data);
        return _proto;
    }

    /// <summary>Moves the elements out of the message's typed fields, if they are there.</summary>
    [MemberNotNull(nameof(_data))]
    internal void UseRawData() => _data ??= Take();

    /// <summary>Gives this tensor, cloned with its message from <paramref name="original"/>, elements of its own.</summary>
    internal void Detach(Initializer original)
    {
        if (original._data is not null) _data = original._data.ToArray();
    }

    private byte[] Take()
    {
        var data = TensorData.Read(_proto);
        _proto.FloatData.Clear();
        _proto.Int32Data.Clear();
        _proto.Int64Data.Clear();
        _proto.DoubleData.Clear();
        _proto.Uint64Data.Clear();
        _proto.ClearRawData();
        return data;
    }
}
