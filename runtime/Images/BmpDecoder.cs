using System.Buffers.Binary;

namespace OnnxPipeline.Runtime.Images;

/// <summary>Uncompressed Windows bitmaps of 1, 4, 8, 24 and 32 bits a pixel; 32 bits may be masked in whole bytes.</summary>
/// <remarks>Source: https://learn.microsoft.com/windows/win32/gdi/bitmap-storage.</remarks>
internal static class BmpDecoder
{
    private const int FileHeader = 14;
    private const int CoreHeader = 12;
    private const int InfoHeader = 40;
    private const uint Uncompressed = 0;
    private const uint Masked = 3;

    public static Image Decode(ReadOnlySpan<byte> bmp)
    {
        var headerSize = BinaryPrimitives.ReadUInt32LittleEndian(bmp[14..]);
        var core = headerSize == CoreHeader;
        if (!core && (headerSize < InfoHeader || FileHeader + headerSize > bmp.Length)) throw CutShort(bmp);

        int width = core ? BinaryPrimitives.ReadUInt16LittleEndian(bmp[18..]) : BinaryPrimitives.ReadInt32LittleEndian(bmp[18..]);
        int height = core ? BinaryPrimitives.ReadUInt16LittleEndian(bmp[20..]) : BinaryPrimitives.ReadInt32LittleEndian(bmp[22..]);
        var bits = BinaryPrimitives.ReadUInt16LittleEndian(bmp[(core ? 24 : 28)..]);
        var compression = core ? Uncompressed : BinaryPrimitives.ReadUInt32LittleEndian(bmp[30..]);
        if (bits is not (1 or 4 or 8 or 24 or 32) || compression != Uncompressed && !(compression == Masked && bits == 32 && HasUsualMasks(bmp)))
            throw new ImageException($"the BMP image has {bits} bits a pixel and compression {compression}; only uncompressed BMP of 1, 4, 8, 24 or 32 bits is supported. Save it as PNG.");

        var pixels = BinaryPrimitives.ReadUInt32LittleEndian(bmp[10..]);
        var rows = Math.Abs(height);
        var stride = ((long)width * bits + 31) / 32 * 4;
        if (pixels + stride * rows > bmp.Length) throw CutShort(bmp);

        var paletteStart = FileHeader + (int)headerSize;
        var palette = bits <= 8 && paletteStart < pixels ? bmp[paletteStart..(int)pixels] : default;
        var rgb = new byte[width * rows * 3];
        for (var y = 0; y < rows; y++)
        {
            var stored = height < 0 ? y : rows - 1 - y;
            ReadRow(bmp.Slice((int)(pixels + stride * stored), (int)stride), bits, palette, core ? 3 : 4, rgb.AsSpan(y * width * 3, width * 3));
        }
        return new Image(width, rows, 3, rgb);
    }

    private static void ReadRow(ReadOnlySpan<byte> row, int bits, ReadOnlySpan<byte> palette, int entry, Span<byte> rgb)
    {
        for (var x = 0; x * 3 < rgb.Length; x++)
        {
            ReadOnlySpan<byte> bgr;
            if (bits >= 24)
            {
                bgr = row.Slice(x * bits / 8, 3);
            }
            else
            {
                var index = row[x * bits / 8] >> (8 - bits - x * bits % 8) & (1 << bits) - 1;
                if ((index + 1) * entry > palette.Length) throw new ImageException($"the BMP image is damaged: a pixel names colour {index}, but its palette has {palette.Length / entry}.");
                bgr = palette.Slice(index * entry, 3);
            }
            (rgb[x * 3], rgb[x * 3 + 1], rgb[x * 3 + 2]) = (bgr[2], bgr[1], bgr[0]);
        }
    }

    /// <summary>Whether the channel masks, which follow the 40-byte header, name bytes in the order blue, green, red.</summary>
    private static bool HasUsualMasks(ReadOnlySpan<byte> bmp)
    {
        const int at = FileHeader + InfoHeader;
        return bmp.Length >= at + 12
            && BinaryPrimitives.ReadUInt32LittleEndian(bmp[at..]) == 0x00ff0000
            && BinaryPrimitives.ReadUInt32LittleEndian(bmp[(at + 4)..]) == 0x0000ff00
            && BinaryPrimitives.ReadUInt32LittleEndian(bmp[(at + 8)..]) == 0x000000ff;
    }

    private static ImageException CutShort(ReadOnlySpan<byte> bmp) => new($"the BMP image is damaged or cut short: its {bmp.Length} bytes end before its last pixel.");
}
