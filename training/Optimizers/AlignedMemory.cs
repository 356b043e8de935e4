using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OnnxPipeline.Training.Optimizers;

/// <summary>Zeroed native floats, aligned to a cache line: state that the garbage collector need neither scan nor move.</summary>
internal sealed unsafe class AlignedMemory : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int Alignment = 64;

    /// <summary>Tensors begin at multiples of this many floats, so that each is aligned.</summary>
    public const int Granule = Alignment / sizeof(float);

    private readonly long _length;

    public AlignedMemory(long length) : base(ownsHandle: true)
    {
        _length = length;
        var bytes = (nuint)Math.Max(length, Granule) * sizeof(float);
        SetHandle((nint)NativeMemory.AlignedAlloc(bytes, Alignment));
        NativeMemory.Clear((void*)handle, bytes);
        GC.AddMemoryPressure((long)bytes);
    }

    /// <summary>The least multiple of <see cref="Granule"/> that holds <paramref name="length"/> floats.</summary>
    public static long Padded(long length) => (length + Granule - 1) / Granule * Granule;

    /// <summary>A view; the memory must not be disposed while it is in use.</summary>
    public Span<float> Span(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        if (offset < 0 || length < 0 || offset + length > _length)
            throw new ArgumentOutOfRangeException(nameof(offset), $"[{offset}, {offset + length}) is outside a memory of {_length} floats.");
        return new Span<float>((float*)handle + offset, length);
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        GC.RemoveMemoryPressure(Math.Max(_length, Granule) * sizeof(float));
        return true;
    }
}
