namespace OnnxPipeline.Compression.Pruning.Channels;

/// <summary>Takes indices out of an axis of a tensor.</summary>
internal static class TensorSlice
{
    /// <summary>The tensor without some indices of an axis; of whole bytes an element.</summary>
    public static Initializer Without(Initializer tensor, int axis, IReadOnlySet<int> removed)
    {
        var size = checked((int)tensor.Dims[axis]);
        var outer = tensor.Dims.Take(axis).Aggregate(1L, (product, dim) => product * dim);
        var block = checked((int)tensor.ElementType.ByteLength(tensor.Dims.Skip(axis + 1).Aggregate(1L, (product, dim) => product * dim)));
        var source = tensor.Bytes.Span;
        var kept = new byte[outer * (size - removed.Count) * block];
        var to = 0;
        for (var o = 0; o < outer; o++)
        {
            for (var i = 0; i < size; i++)
            {
                if (removed.Contains(i)) continue;
                source.Slice((o * size + i) * block, block).CopyTo(kept.AsSpan(to));
                to += block;
            }
        }
        return Initializer.FromBytes(tensor.Name, tensor.ElementType, kept, tensor.Dims.Select((dim, a) => a == axis ? dim - removed.Count : dim));
    }
}
