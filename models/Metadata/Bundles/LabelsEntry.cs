using System.Text;
using System.Text.Json;

namespace OnnxPipeline.Models.Metadata.Bundles;

/// <summary>
/// A model's class names as the bytes that end its file: an entry of metadata_props, field 14 of ModelProto, whose key and value are
/// the fields 1 and 2 of a StringStringEntryProto. Repeated fields may lie anywhere in a protobuf message, so also at its end.
/// Source: onnx.proto; https://protobuf.dev/programming-guides/encoding/.
/// </summary>
public static class LabelsEntry
{
    private const byte MetadataProps = (14 << 3) | 2;
    private const byte Key = (1 << 3) | 2;
    private const byte Value = (2 << 3) | 2;

    public static byte[] Of(string key, IReadOnlyList<string> labels)
    {
        byte[] entry = [.. Field(Key, Encoding.UTF8.GetBytes(key)), .. Field(Value, JsonSerializer.SerializeToUtf8Bytes([.. labels], StateJson.Default.StringArray))];
        return [.. Field(MetadataProps, entry)];
    }

    private static IEnumerable<byte> Field(byte tag, byte[] content)
    {
        yield return tag;
        var length = (uint)content.Length;
        for (; length >= 0x80; length >>= 7) yield return (byte)(length | 0x80);
        yield return (byte)length;
        foreach (var value in content) yield return value;
    }
}
