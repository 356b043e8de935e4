using Google.Protobuf;

namespace OnnxPipeline.Training.Bundles;

/// <summary>
/// Where the elements of initializers lie in a model's file. Fields of onnx.proto: ModelProto.graph is 7, GraphProto.initializer 5,
/// TensorProto.name 8 and raw_data 9.
/// </summary>
internal static class InitializerOffsets
{
    private const int Graph = 7;
    private const int Initializer = 5;
    private const int Name = 8;
    private const int RawData = 9;

    /// <summary>The offset of each initializer's raw data, by name.</summary>
    public static IReadOnlyDictionary<string, long> Of(byte[] model)
    {
        var offsets = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (graph, graphAt) in Fields(model, 0, model.Length).Where(f => f.Number == Graph).Select(f => (f.Length, f.At)))
        {
            foreach (var tensor in Fields(model, graphAt, graph).Where(f => f.Number == Initializer))
            {
                var parts = Fields(model, tensor.At, tensor.Length).ToArray();
                var name = parts.First(p => p.Number == Name);
                foreach (var data in parts.Where(p => p.Number == RawData)) offsets[System.Text.Encoding.UTF8.GetString(model, name.At, name.Length)] = data.At;
            }
        }
        return offsets;
    }

    /// <summary>The fields of a message that have a length, in order.</summary>
    private static IEnumerable<(int Number, int At, int Length)> Fields(byte[] bytes, int start, int length)
    {
        var input = new CodedInputStream(bytes, start, length);
        while (input.ReadTag() is not 0 and var tag)
        {
            if (WireFormat.GetTagWireType(tag) != WireFormat.WireType.LengthDelimited)
            {
                input.SkipLastField();
                continue;
            }
            var size = input.ReadLength();
            var at = (int)input.Position;
            yield return (WireFormat.GetTagFieldNumber(tag), at, size);
            // The rest of the message, behind this field.
            (length, start) = (start + length - (at + size), at + size);
            input = new CodedInputStream(bytes, start, length);
        }
    }
}
