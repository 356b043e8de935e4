using System.Runtime.InteropServices;

namespace OnnxPipeline.Datasets;

/// <summary>One tensor of a batch: native memory, at the same place for the life of its loader, so that it can be bound once.</summary>
public sealed unsafe class BatchTensor
{
    private const int Alignment = 64;

    private int _count;

    internal BatchTensor(DataTensor source, int batchSize)
        : this(source.Name, source.Kind, source.ItemShape, batchSize)
    {
    }

    internal BatchTensor(string name, DataKind kind, IReadOnlyList<long> itemShape, int batchSize)
    {
        Name = name;
        Kind = kind;
        ItemShape = itemShape;
        ItemBytes = kind.ItemBytes(itemShape);
        ByteCapacity = ItemBytes * batchSize;
        Pointer = (nint)NativeMemory.AlignedAlloc((nuint)ByteCapacity, Alignment);
        NativeMemory.Clear((void*)Pointer, (nuint)ByteCapacity);
    }

    public string Name { get; }

    public DataKind Kind { get; }

    /// <summary>Shape of one item, without the batch axis.</summary>
    public IReadOnlyList<long> ItemShape { get; }

    /// <summary>Bytes of one item.</summary>
    public int ItemBytes { get; }

    /// <summary>The first byte, on a 64-byte boundary; 0 once the loader is disposed.</summary>
    public nint Pointer { get; private set; }

    /// <summary>Bytes of a full batch.</summary>
    public int ByteCapacity { get; }

    /// <summary>The bytes of the batch's items.</summary>
    public Span<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(Pointer == 0, typeof(BatchLoader));
            return new Span<byte>((void*)Pointer, _count * ItemBytes);
        }
    }

    internal void SetCount(int count) => _count = count;

    internal void Free()
    {
        NativeMemory.AlignedFree((void*)Pointer);
        Pointer = 0;
    }
}
