using Microsoft.Win32.SafeHandles;

namespace OnnxPipeline.Datasets.Artifacts;

/// <summary>Items of a tensor that lie in a file, perhaps more than memory holds, seen in an order of their own.</summary>
/// <param name="file">Open for as long as the items are read.</param>
/// <param name="itemBytes">Bytes of one item.</param>
/// <param name="positions">Which item of the file stands at each place of the tensor.</param>
internal sealed class StoredItems(SafeFileHandle file, int itemBytes, int[] positions)
{
    private const int BlockBytes = 4 << 20;

    /// <summary>Bytes of all items.</summary>
    public long Length => (long)positions.Length * itemBytes;

    /// <summary>The items at <paramref name="indices"/>, in that order; nothing is copied.</summary>
    public StoredItems Select(ReadOnlySpan<int> indices)
    {
        var selected = new int[indices.Length];
        for (var i = 0; i < indices.Length; i++) selected[i] = positions[indices[i]];
        return new StoredItems(file, itemBytes, selected);
    }

    /// <summary>All items in blocks of whole ones; each is valid until the next is asked for.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Blocks()
    {
        var itemsPerBlock = Math.Max(1, BlockBytes / itemBytes);
        var buffer = new byte[Math.Min(itemsPerBlock, positions.Length) * itemBytes];
        for (var start = 0; start < positions.Length; start += itemsPerBlock)
        {
            var end = Math.Min(start + itemsPerBlock, positions.Length);
            for (int first = start, next; first < end; first = next)
            {
                // Neighbours in the file are read at once.
                for (next = first + 1; next < end && positions[next] == positions[next - 1] + 1; next++) { }
                Read((long)positions[first] * itemBytes, buffer.AsSpan((first - start) * itemBytes, (next - first) * itemBytes));
            }
            yield return buffer.AsMemory(0, (end - start) * itemBytes);
        }
    }

    private void Read(long offset, Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var count = RandomAccess.Read(file, bytes, offset);
            if (count == 0) throw new EndOfStreamException($"The scratch file ends at byte {offset:N0}, within an item; it was changed while it was in use.");
            offset += count;
            bytes = bytes[count..];
        }
    }
}
