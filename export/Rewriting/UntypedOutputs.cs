using Google.Protobuf;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>
/// Gives a serialised model outputs without a type, which ONNX Runtime then infers. A <see cref="Value"/> always has one, so they are
/// appended to the bytes: the bytes of two protobuf messages in a row are one message, with their repeated fields joined.
/// </summary>
internal static class UntypedOutputs
{
    private const int GraphOfModel = 7;
    private const int OutputOfGraph = 12;
    private const int NameOfValue = 1;

    public static byte[] Append(Model model, IEnumerable<string> outputs)
    {
        var values = outputs.SelectMany(name => Field(OutputOfGraph, Field(NameOfValue, System.Text.Encoding.UTF8.GetBytes(name))));
        return [.. model.ToBytes(), .. Field(GraphOfModel, [.. values])];
    }

    private static byte[] Field(int number, byte[] content)
    {
        using var memory = new MemoryStream();
        using (var stream = new CodedOutputStream(memory, leaveOpen: true))
        {
            stream.WriteTag(number, WireFormat.WireType.LengthDelimited);
            stream.WriteBytes(ByteString.CopyFrom(content));
        }
        return memory.ToArray();
    }
}
