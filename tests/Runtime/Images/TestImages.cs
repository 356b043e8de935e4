using System.Buffers.Binary;
using System.IO.Compression;

namespace OnnxPipeline.Tests;

/// <summary>Writes small image files, so that tests know every pixel of them.</summary>
internal static class TestImages
{
    /// <summary>PNG colour types: 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha.</summary>
    public static byte[] Png(int width, int height, int colorType, int bitDepth, ReadOnlySpan<byte> rows, byte[]? palette = null, bool interlaced = false)
    {
        var samples = colorType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        var stride = (width * samples * bitDepth + 7) / 8;
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var y = 0; y < height && !rows.IsEmpty; y++)
            {
                zlib.WriteByte(0); // filter: none
                zlib.Write(rows.Slice(y * stride, stride));
            }
        }
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = ((byte)bitDepth, (byte)colorType, interlaced ? (byte)1 : (byte)0);
        return
        [
            0x89, .. "PNG\r\n"u8, 0x1a, 0x0a,
            .. Chunk("IHDR", header), .. palette is null ? [] : Chunk("PLTE", palette), .. Chunk("IDAT", packed.ToArray()), .. Chunk("IEND", []),
        ];
    }

    public static byte[] RgbPng(int width, int height, ReadOnlySpan<byte> rgb) => Png(width, height, 2, 8, rgb);

    public static byte[] GreyPng(int width, int height, ReadOnlySpan<byte> grey) => Png(width, height, 0, 8, grey);

    /// <summary>A 24-bit BMP, its rows from bottom to top.</summary>
    public static byte[] RgbBmp(int width, int height, ReadOnlySpan<byte> rgb)
    {
        var stride = (width * 3 + 3) / 4 * 4;
        var bmp = new byte[54 + stride * height];
        "BM"u8.CopyTo(bmp);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(2), bmp.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(bmp.AsSpan(22), height);
        (bmp[26], bmp[28]) = (1, 24);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                for (var c = 0; c < 3; c++) bmp[54 + (height - 1 - y) * stride + x * 3 + c] = rgb[(y * width + x) * 3 + 2 - c];
            }
        }
        return bmp;
    }

    private static byte[] Chunk(string type, byte[] data)
    {
        var chunk = new byte[12 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        System.Text.Encoding.ASCII.GetBytes(type, chunk.AsSpan(4));
        data.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), Crc(chunk.AsSpan(4, 4 + data.Length)));
        return chunk;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xedb88320 & (uint)-(int)(crc & 1));
        }
        return ~crc;
    }
}
