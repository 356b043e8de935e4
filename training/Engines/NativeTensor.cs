using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace OnnxPipeline.Training.Engines;

/// <summary>
/// A float tensor in native memory, 64-byte aligned, that ONNX Runtime reads and writes in place through <see cref="OrtValue"/>.
/// </summary>
internal sealed unsafe class NativeTensor : IDisposable
{
    private const int Alignment = 64;
    private float* _data;

    public NativeTensor(string name, params long[] dims)
    {
        Name = name;
        Dims = dims;
        Length = checked((int)dims.Aggregate(1L, (product, dim) => checked(product * dim)));
        _data = (float*)NativeMemory.AlignedAlloc((nuint)Math.Max(Length, 1) * sizeof(float), Alignment);
        Span.Clear();
        OrtValue = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TensorElementType.Float, dims, (nint)_data, (long)Length * sizeof(float));
    }

    /// <summary>The values of a float initializer, under its name.</summary>
    public static NativeTensor CopyOf(Initializer initializer)
    {
        var tensor = new NativeTensor(initializer.Name, [.. initializer.Dims]);
        initializer.Span<float>().CopyTo(tensor.Span);
        return tensor;
    }

    public NativeTensor Copy()
    {
        var copy = new NativeTensor(Name, Dims);
        Span.CopyTo(copy.Span);
        return copy;
    }

    public string Name { get; }

    public long[] Dims { get; }

    public int Length { get; }

    public Span<float> Span => new(_data, Length);

    public OrtValue OrtValue { get; }

    public void Dispose()
    {
        if (_data is null) return;
        OrtValue.Dispose();
        NativeMemory.AlignedFree(_data);
        _data = null;
    }
}
