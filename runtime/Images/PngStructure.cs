using System.Buffers.Binary;

namespace OnnxPipeline.Runtime.Images;

/// <summary>Walks a PNG's chunks, so that a file that is cut short or would decode wrongly is refused with its reason.</summary>
/// <remarks>Source: https://www.w3.org/TR/png-3/#5DataRep.</remarks>
internal static class PngStructure
{
    private const int SignatureLength = 8;
    private const int InterlaceMethodOffset = 28;

    /// <summary>Returns the same bytes when they may be decoded.</summary>
    public static ReadOnlySpan<byte> Check(ReadOnlySpan<byte> png)
    {
        if (png.Length > InterlaceMethodOffset && png[InterlaceMethodOffset] != 0)
            throw new ImageException("the PNG image is interlaced, which is not supported; save it without interlacing.");
        for (var at = SignatureLength; at + 12L <= png.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(png[at..]);
            if (png.Slice(at + 4, 4).SequenceEqual("IEND"u8)) return png;
            if (at + 12L + length > png.Length) break;
            at += (int)length + 12;
        }
        throw new ImageException($"the PNG image is cut short: its {png.Length} bytes end before its last chunk, IEND.");
    }
}
