using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Models.Metadata.Bundles;

namespace OnnxPipeline.OnDevice;

/// <summary>A tensor in native memory, 64-byte aligned and zero at first, that ONNX Runtime reads and writes in place.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const int Alignment = 64;
    private readonly int _bytes;
    private void* _data;

    public NativeBuffer(string type, params long[] shape)
    {
        Type = type;
        _bytes = checked((int)shape.Aggregate(1L, (product, size) => checked(product * size)) * BundleTypes.ByteLength(type));
        _data = NativeMemory.AlignedAlloc((nuint)Math.Max(_bytes, 1), Alignment);
        Bytes.Clear();
        Value = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, ElementOf(type), shape, (nint)_data, _bytes);
    }

    public string Type { get; }

    public OrtValue Value { get; }

    public Span<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_data is null, this);
            return new Span<byte>(_data, _bytes);
        }
    }

    public Span<T> Span<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes);

    public void Dispose()
    {
        if (_data is null) return;
        Value.Dispose();
        NativeMemory.AlignedFree(_data);
        _data = null;
    }

    private static TensorElementType ElementOf(string type) => type switch
    {
        BundleTypes.Int64 => TensorElementType.Int64,
        BundleTypes.Int32 => TensorElementType.Int32,
        BundleTypes.UInt8 => TensorElementType.UInt8,
        _ => TensorElementType.Float,
    };
}
