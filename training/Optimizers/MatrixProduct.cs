using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OnnxPipeline.Training.Optimizers;

/// <summary>
/// C = A·B for row-major matrices, without an allocation and with the same bits on any machine: every element is one chain of
/// fused multiply-adds over the inner axis. A strip of 32 columns of B is packed once and meets four rows of A at a time.
/// </summary>
internal static class MatrixProduct
{
    private const int Rows = 4;
    private static readonly int Width = 2 * Vector512<float>.Count;

    /// <summary>Floats that <see cref="Multiply"/> needs to pack a strip of an inner axis of <paramref name="inner"/>.</summary>
    public static int ScratchFor(int inner) => inner * Width;

    /// <param name="a">[rows, inner].</param>
    /// <param name="b">[inner, columns].</param>
    /// <param name="c">[rows, columns], overwritten; no part of a or b.</param>
    /// <param name="inner">The axis summed over.</param>
    /// <param name="columns">Columns of b and c.</param>
    /// <param name="scratch">At least <see cref="ScratchFor"/>.</param>
    public static void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int inner, int columns, Span<float> scratch)
    {
        var rows = a.Length / inner;
        for (var column = 0; column < columns; column += Width)
        {
            var width = Math.Min(Width, columns - column);
            Pack(b, inner, columns, column, width, scratch);
            for (var row = 0; row < rows; row += Rows) Tile(a, row, rows, inner, scratch, c, column, width, columns);
        }
    }

    private static void Pack(ReadOnlySpan<float> b, int inner, int columns, int column, int width, Span<float> strip)
    {
        for (var k = 0; k < inner; k++)
        {
            var packed = strip.Slice(k * Width, Width);
            b.Slice(k * columns + column, width).CopyTo(packed);
            packed[width..].Clear();
        }
    }

    /// <summary>Four rows by 32 columns of C; rows beyond the last repeat it and are not stored.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile(ReadOnlySpan<float> a, int row, int rows, int inner, ReadOnlySpan<float> strip, Span<float> c, int column, int width, int columns)
    {
        ref var b = ref MemoryMarshal.GetReference(strip);
        ref var a0 = ref MemoryMarshal.GetReference(a[(row * inner)..]);
        ref var a1 = ref MemoryMarshal.GetReference(a[(Math.Min(row + 1, rows - 1) * inner)..]);
        ref var a2 = ref MemoryMarshal.GetReference(a[(Math.Min(row + 2, rows - 1) * inner)..]);
        ref var a3 = ref MemoryMarshal.GetReference(a[(Math.Min(row + 3, rows - 1) * inner)..]);
        Vector512<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        for (nuint k = 0; k < (nuint)inner; k++)
        {
            var b0 = Vector512.LoadUnsafe(ref b, k * (nuint)Width);
            var b1 = Vector512.LoadUnsafe(ref b, k * (nuint)Width + (nuint)Vector512<float>.Count);
            var x0 = Vector512.Create(Unsafe.Add(ref a0, k));
            var x1 = Vector512.Create(Unsafe.Add(ref a1, k));
            var x2 = Vector512.Create(Unsafe.Add(ref a2, k));
            var x3 = Vector512.Create(Unsafe.Add(ref a3, k));
            c00 = Vector512.FusedMultiplyAdd(x0, b0, c00);
            c01 = Vector512.FusedMultiplyAdd(x0, b1, c01);
            c10 = Vector512.FusedMultiplyAdd(x1, b0, c10);
            c11 = Vector512.FusedMultiplyAdd(x1, b1, c11);
            c20 = Vector512.FusedMultiplyAdd(x2, b0, c20);
            c21 = Vector512.FusedMultiplyAdd(x2, b1, c21);
            c30 = Vector512.FusedMultiplyAdd(x3, b0, c30);
            c31 = Vector512.FusedMultiplyAdd(x3, b1, c31);
        }
        Store(c00, c01, c, row, rows, column, width, columns);
        Store(c10, c11, c, row + 1, rows, column, width, columns);
        Store(c20, c21, c, row + 2, rows, column, width, columns);
        Store(c30, c31, c, row + 3, rows, column, width, columns);
    }

    private static void Store(Vector512<float> left, Vector512<float> right, Span<float> c, int row, int rows, int column, int width, int columns)
    {
        if (row >= rows) return;
        Span<float> values = stackalloc float[Width];
        left.CopyTo(values);
        right.CopyTo(values[Vector512<float>.Count..]);
        values[..width].CopyTo(c.Slice(row * columns + column, width));
    }
}
