using System.Text;

namespace OnnxPipeline.Runtime.Images;

/// <summary>
/// The ONNX model that ImageDecoder runs: one DecodeImage node of ONNX Runtime Extensions, [bytes] uint8 to [height, width, 3]
/// uint8, or [height, width, 1] for a grey JPEG. It is spelt out field by field, so that this room needs no protobuf library; the numbers are those of onnx.proto.
/// </summary>
internal static class DecodeImageModel
{
    public const string Input = "encoded";
    public const string Output = "pixels";

    private const string Domain = "com.microsoft.extensions";
    private const byte UInt8 = 2;

    public static byte[] Build()
    {
        // Not the default, bgr: its swap takes every image to have 3 channels and writes past the end of a grey JPEG's pixels.
        byte[] colorSpace = [.. Text(1, "color_space"), .. Text(4, "rgb"), .. Number(20, 3)];
        byte[] node = [.. Text(1, Input), .. Text(2, Output), .. Text(4, "DecodeImage"), .. Bytes(5, colorSpace), .. Text(7, Domain)];
        byte[] graph = [.. Bytes(1, node), .. Text(2, "decode_image"), .. Bytes(11, Tensor(Input, rank: 1)), .. Bytes(12, Tensor(Output, rank: 3))];
        return
        [
            .. Number(1, 8), // ir_version
            .. Bytes(7, graph),
            .. Bytes(8, [.. Text(1, ""), .. Number(2, 17)]), // opset_import
            .. Bytes(8, [.. Text(1, Domain), .. Number(2, 1)]),
        ];
    }

    /// <summary>A ValueInfoProto of type uint8 whose axes have no size.</summary>
    private static byte[] Tensor(string name, int rank)
    {
        byte[] shape = [.. Enumerable.Repeat(Bytes(1, []), rank).SelectMany(dimension => dimension)];
        byte[] type = Bytes(1, [.. Number(1, UInt8), .. Bytes(2, shape)]);
        return [.. Text(1, name), .. Bytes(2, type)];
    }

    private static byte[] Number(int field, byte value) => [.. Varint(field << 3), value];

    private static byte[] Text(int field, string value) => Bytes(field, Encoding.ASCII.GetBytes(value));

    private static byte[] Bytes(int field, byte[] value) => [.. Varint(field << 3 | 2), .. Varint(value.Length), .. value];

    /// <summary>Two bytes hold every number that occurs here.</summary>
    private static byte[] Varint(int value) => [(byte)(value & 0x7f | 0x80), (byte)(value >> 7)];
}
