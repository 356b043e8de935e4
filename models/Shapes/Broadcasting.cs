namespace OnnxPipeline.Models.Shapes;

/// <summary>
/// NumPy's broadcasting over shapes that may be symbolic (https://github.com/onnx/onnx/blob/main/docs/Broadcasting.md):
/// axes are aligned at the last; 1 stretches to anything. A symbol beside a size greater than 1 must be that size or 1, so
/// the result has the size; two different symbols may be equal or 1, so the result is unknown.
/// </summary>
public static class Broadcasting
{
    /// <summary>The shape of an elementwise result, or null where the shapes contradict each other.</summary>
    public static TensorShape? Broadcast(TensorShape a, TensorShape b)
    {
        var rank = Math.Max(a.Rank, b.Rank);
        var result = new Dimension[rank];
        for (var axis = 0; axis < rank; axis++)
        {
            if (Broadcast(At(a, axis - rank), At(b, axis - rank)) is not { } dimension) return null;
            result[axis] = dimension;
        }
        return new TensorShape(result);
    }

    /// <summary>One axis of the result, or null where two sizes differ and neither is 1.</summary>
    public static Dimension? Broadcast(Dimension a, Dimension b)
    {
        if (a.Size == 1) return b;
        if (b.Size == 1 || a == b) return a;
        return (a.Size, b.Size) switch
        {
            (not null, not null) => (Dimension?)null,
            (not null, null) => a,
            (null, not null) => b,
            _ => Dimension.Unknown,
        };
    }

    private static Dimension At(TensorShape shape, int fromEnd) => shape.Rank + fromEnd >= 0 ? shape[shape.Rank + fromEnd] : 1;
}
