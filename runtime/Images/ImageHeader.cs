using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace OnnxPipeline.Runtime.Images;

/// <summary>The file formats that are decoded.</summary>
public enum ImageFormat
{
    Png,
    Jpeg,
    Bmp,
    Gif,
}

/// <summary>What the first bytes of an image file say, read without decoding any pixel.</summary>
/// <param name="Format">As the signature says.</param>
/// <param name="Width">As stored: 0 or negative in a damaged file.</param>
/// <param name="Height">As stored, except that a BMP's negative height, which means rows from top to bottom, is made positive.</param>
public readonly record struct ImageHeader(ImageFormat Format, long Width, long Height)
{
    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>The format that the signature names, or null for none of those that are decoded.</summary>
    public static ImageFormat? Sniff(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(PngSignature)) return ImageFormat.Png;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff])) return ImageFormat.Jpeg;
        if (bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8)) return ImageFormat.Gif;
        return bytes.StartsWith("BM"u8) ? ImageFormat.Bmp : null;
    }

    /// <summary>False when the bytes are of no known format or end before the size is stated.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ImageHeader? header)
    {
        header = Sniff(bytes) switch
        {
            ImageFormat.Png => ReadPng(bytes),
            ImageFormat.Jpeg => ReadJpeg(bytes),
            ImageFormat.Gif => ReadGif(bytes),
            ImageFormat.Bmp => ReadBmp(bytes),
            _ => null,
        };
        return header is not null;
    }

    /// <summary>The IHDR chunk, always the first: https://www.w3.org/TR/png-3/#11IHDR.</summary>
    private static ImageHeader? ReadPng(ReadOnlySpan<byte> bytes) => bytes.Length < 24 || !bytes[12..16].SequenceEqual("IHDR"u8)
        ? null
        : new(ImageFormat.Png, BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]), BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]));

    /// <summary>The logical screen: https://www.w3.org/Graphics/GIF/spec-gif89a.txt, section 18.</summary>
    private static ImageHeader? ReadGif(ReadOnlySpan<byte> bytes) => bytes.Length < 10
        ? null
        : new(ImageFormat.Gif, BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]));

    /// <summary>The BITMAPINFOHEADER and its successors, or the 12-byte core header before them.</summary>
    private static ImageHeader? ReadBmp(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 26) return null;
        const uint coreHeader = 12;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[14..]) == coreHeader)
            return new(ImageFormat.Bmp, BinaryPrimitives.ReadUInt16LittleEndian(bytes[18..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[20..]));
        long height = BinaryPrimitives.ReadInt32LittleEndian(bytes[22..]);
        return new(ImageFormat.Bmp, BinaryPrimitives.ReadInt32LittleEndian(bytes[18..]), Math.Abs(height));
    }

    /// <summary>Walks the marker segments to the frame header (SOF): ITU-T T.81, B.2.2.</summary>
    private static ImageHeader? ReadJpeg(ReadOnlySpan<byte> bytes)
    {
        for (var at = 2; at + 4 <= bytes.Length;)
        {
            if (bytes[at] != 0xff) return null;
            var marker = bytes[at + 1];
            if (marker == 0xff)
            {
                at++; // fill byte
                continue;
            }
            if (marker is 0x01 or >= 0xd0 and <= 0xd7)
            {
                at += 2; // TEM and restart markers stand alone
                continue;
            }
            if (marker is 0xd9 or 0xda) return null; // end of image or start of scan before any frame
            // C4, C8 and CC are tables in the range of the frame headers.
            if (marker is >= 0xc0 and <= 0xcf and not (0xc4 or 0xc8 or 0xcc))
            {
                return at + 9 > bytes.Length
                    ? null
                    : new(ImageFormat.Jpeg, BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 5)..]));
            }
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
            if (length < 2) return null;
            at += 2 + length;
        }
        return null;
    }
}
