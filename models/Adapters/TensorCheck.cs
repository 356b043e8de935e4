namespace OnnxPipeline.Models.Adapters;

/// <summary>
/// Whether a tensor's data are those of its shape. ONNX Runtime makes a tensor over them without asking, and would read what lies
/// behind them.
/// </summary>
internal static class TensorCheck
{
    // Bytes of an element, by ONNX's number of its type. Strings, complex and smaller types are no parameters.
    private static readonly Dictionary<int, int> Sizes = new()
    {
        [AdapterTensor.Float] = 4, // float
        [2] = 1, // uint8
        [3] = 1, // int8
        [4] = 2, // uint16
        [5] = 2, // int16
        [6] = 4, // int32
        [7] = 8, // int64
        [9] = 1, // bool
        [10] = 2, // float16
        [11] = 8, // double
        [12] = 4, // uint32
        [13] = 8, // uint64
        [16] = 2, // bfloat16
    };

    /// <exception cref="AdapterFormatException">They are not.</exception>
    public static void Check(AdapterTensor tensor, string source)
    {
        if (tensor.Name.Length == 0) throw new AdapterFormatException($"{source}: holds a tensor without a name.");
        if (!Sizes.TryGetValue(tensor.DataType, out var size)) throw new AdapterFormatException($"{source}: '{tensor.Name}' has elements of type {tensor.DataType}; expected one of {string.Join(", ", Sizes.Keys)}, by ONNX's numbers.");
        var bytes = (Int128)size;
        foreach (var dim in tensor.Dims)
        {
            if (dim < 1) throw new AdapterFormatException($"{source}: {tensor} has an axis of size {dim}; expected at least 1.");
            bytes *= dim;
            if (bytes > int.MaxValue) break;
        }
        if (bytes != tensor.Data.Length) throw new AdapterFormatException($"{source}: {tensor} takes {(bytes > int.MaxValue ? $"more than {int.MaxValue}" : bytes.ToString())} bytes, but has {tensor.Data.Length}.");
    }
}
