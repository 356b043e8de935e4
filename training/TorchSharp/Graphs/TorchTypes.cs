namespace OnnxPipeline.Training.TorchSharp.Graphs;

/// <summary>ONNX's element types as TorchSharp's, and initializers as tensors.</summary>
internal static class TorchTypes
{
    /// <exception cref="TrainingException">TorchSharp has no such type.</exception>
    public static ScalarType Of(ElementType type) => type switch
    {
        ElementType.Float => ScalarType.Float32,
        ElementType.Double => ScalarType.Float64,
        ElementType.Float16 => ScalarType.Float16,
        ElementType.BFloat16 => ScalarType.BFloat16,
        ElementType.Int64 => ScalarType.Int64,
        ElementType.Int32 => ScalarType.Int32,
        ElementType.Int16 => ScalarType.Int16,
        ElementType.Int8 => ScalarType.Int8,
        ElementType.UInt8 => ScalarType.Byte,
        ElementType.Bool => ScalarType.Bool,
        _ => throw new TrainingException($"TorchSharp has no element type {type}"),
    };

    /// <summary>The values of an initializer. Integers stay with the host, which reads shapes and axes of them; an op that indexes moves them.</summary>
    public static Tensor Create(Initializer initializer, torch.Device device)
    {
        var tensor = Create(initializer.Bytes.Span, Of(initializer.ElementType), [.. initializer.Dims]);
        return initializer.ElementType.IsFloatingPoint() ? Moved(tensor, device) : tensor;
    }

    /// <summary>A tensor of the host with these bytes.</summary>
    public static Tensor Create(ReadOnlySpan<byte> bytes, ScalarType type, long[] dims)
    {
        var tensor = torch.empty(dims, type);
        if (bytes.Length > 0) bytes.CopyTo(tensor.bytes);
        return tensor.DetachFromDisposeScope();
    }

    /// <summary>The tensor on a device; the one of the host is disposed of.</summary>
    public static Tensor Moved(Tensor tensor, torch.Device device)
    {
        if (device.type == DeviceType.CPU) return tensor;
        var moved = tensor.to(device);
        tensor.Dispose();
        return moved.DetachFromDisposeScope();
    }
}
