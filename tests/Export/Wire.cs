using System.Text;
using Google.Protobuf;

namespace OnnxPipeline.Export.Tests;

/// <summary>Protobuf by hand, for what the library reads but does not build. Concatenated messages merge: repeated fields grow.</summary>
internal static class Wire
{
    public static byte[] Field(int number, params byte[][] contents) => Encode(stream =>
    {
        stream.WriteTag(number, WireFormat.WireType.LengthDelimited);
        stream.WriteBytes(ByteString.CopyFrom([.. contents.SelectMany(c => c)]));
    });

    public static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    public static byte[] Field(int number, long value) => Encode(stream =>
    {
        stream.WriteTag(number, WireFormat.WireType.Varint);
        stream.WriteInt64(value);
    });

    /// <summary>The content of the first field of that number.</summary>
    public static byte[] Find(byte[] message, int number)
    {
        var stream = new CodedInputStream(message);
        for (var tag = stream.ReadTag(); tag != 0; tag = stream.ReadTag())
        {
            if (WireFormat.GetTagFieldNumber(tag) == number) return stream.ReadBytes().ToByteArray();
            stream.SkipLastField();
        }
        throw new InvalidOperationException($"The message has no field {number}.");
    }

    private static byte[] Encode(Action<CodedOutputStream> write)
    {
        using var memory = new MemoryStream();
        using (var stream = new CodedOutputStream(memory, leaveOpen: true)) write(stream);
        return memory.ToArray();
    }
}
