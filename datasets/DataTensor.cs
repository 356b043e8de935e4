using OnnxPipeline.Datasets.Artifacts;

namespace OnnxPipeline.Datasets;

/// <summary>One tensor of a split, memory-mapped: item after item, without gaps.</summary>
public sealed unsafe class DataTensor
{
    private readonly MappedFile _file;

    internal DataTensor(string name, DataKind kind, IReadOnlyList<long> itemShape, int count, MappedFile file)
    {
        Name = name;
        Kind = kind;
        ItemShape = itemShape;
        ItemBytes = kind.ItemBytes(itemShape);
        Count = count;
        _file = file;
    }

    public string Name { get; }

    public DataKind Kind { get; }

    /// <summary>Shape of one item: [channels, height, width] for an image, [] for a scalar such as a label.</summary>
    public IReadOnlyList<long> ItemShape { get; }

    /// <summary>Bytes of one item.</summary>
    public int ItemBytes { get; }

    /// <summary>Number of items.</summary>
    public int Count { get; }

    /// <summary>True for uint8 [channels, height, width].</summary>
    internal bool IsImage => Kind == DataKind.UInt8 && ItemShape.Count == 3;

    internal byte* Pointer => _file.Pointer;

    /// <summary>The bytes of item <paramref name="index"/>, valid while the dataset is open.</summary>
    public ReadOnlySpan<byte> Item(int index) => Items(index, 1);

    /// <summary>The bytes of <paramref name="count"/> items from <paramref name="start"/>, valid while the dataset is open.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are no such items, or they are more than 2 GiB together.</exception>
    public ReadOnlySpan<byte> Items(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)start + count, Count, nameof(count));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)count * ItemBytes, int.MaxValue, nameof(count));
        return new ReadOnlySpan<byte>(Pointer + ((long)start * ItemBytes), count * ItemBytes);
    }

    /// <summary>Keeps the bytes mapped until the lease is disposed, even when the dataset is closed before.</summary>
    internal IDisposable? Lease() => _file.Lease();

    /// <summary>For example "image uint8[1,28,28]".</summary>
    public override string ToString() => DataKinds.Describe(Name, Kind, ItemShape);
}
