using System.Buffers.Binary;

namespace OnnxPipeline.Runtime.Images;

/// <summary>The first frame of a GIF on its canvas; what the frame does not cover is the background colour.</summary>
/// <remarks>Source: https://www.w3.org/Graphics/GIF/spec-gif89a.txt.</remarks>
internal ref struct GifDecoder
{
    private const int MaxCodes = 4096;
    private readonly ReadOnlySpan<byte> _gif;
    private int _at;

    private GifDecoder(ReadOnlySpan<byte> gif) => _gif = gif;

    public static Image Decode(ReadOnlySpan<byte> gif) => new GifDecoder(gif).Decode();

    private Image Decode()
    {
        _at = 6;
        var screen = Take(7);
        int width = BinaryPrimitives.ReadUInt16LittleEndian(screen), height = BinaryPrimitives.ReadUInt16LittleEndian(screen[2..]);
        var globalPalette = TakePalette(screen[4]);
        while (true)
        {
            switch (Take(1)[0])
            {
                case 0x21: // an extension: its label, then sub-blocks
                    Take(1);
                    while (Take(1)[0] is > 0 and var length) Take(length);
                    break;
                case 0x2c:
                    return DecodeFrame(width, height, globalPalette, screen[5]);
                case 0x3b:
                    throw new ImageException("the GIF image is damaged: it ends without a frame.");
                default:
                    throw new ImageException($"the GIF image is damaged near byte {_at}: no block begins with 0x{_gif[_at - 1]:X2}.");
            }
        }
    }

    private Image DecodeFrame(int width, int height, ReadOnlySpan<byte> globalPalette, int background)
    {
        var frame = Take(9);
        int left = BinaryPrimitives.ReadUInt16LittleEndian(frame), top = BinaryPrimitives.ReadUInt16LittleEndian(frame[2..]);
        int columns = BinaryPrimitives.ReadUInt16LittleEndian(frame[4..]), rows = BinaryPrimitives.ReadUInt16LittleEndian(frame[6..]);
        var palette = TakePalette(frame[8]);
        if (palette.IsEmpty) palette = globalPalette;
        if (palette.IsEmpty || columns == 0 || rows == 0 || left + columns > width || top + rows > height)
            throw new ImageException($"the GIF image is damaged: its first frame has no palette or does not lie on its canvas of {width}x{height}.");

        var indices = new byte[columns * rows];
        Expand(Take(1)[0], indices);
        var rgb = new byte[width * height * 3];
        if ((background + 1) * 3 <= globalPalette.Length && indices.Length < width * height)
        {
            for (var i = 0; i < rgb.Length; i += 3) globalPalette.Slice(background * 3, 3).CopyTo(rgb.AsSpan(i));
        }
        var interlaced = (frame[8] & 0x40) != 0;
        for (var stored = 0; stored < rows; stored++)
        {
            var y = interlaced ? Deinterlace(stored, rows) : stored;
            for (var x = 0; x < columns; x++)
            {
                var index = indices[stored * columns + x];
                if ((index + 1) * 3 > palette.Length) throw new ImageException($"the GIF image is damaged: a pixel names colour {index}, but its palette has {palette.Length / 3}.");
                palette.Slice(index * 3, 3).CopyTo(rgb.AsSpan(((top + y) * width + left + x) * 3));
            }
        }
        return new Image(width, height, 3, rgb);
    }

    /// <summary>Appendix F: variable-length LZW, its codes packed from the lowest bit of each sub-block's bytes.</summary>
    private void Expand(int minimumSize, Span<byte> indices)
    {
        if (minimumSize is < 1 or > 8) throw new ImageException($"the GIF image is damaged: LZW codes of {minimumSize} bits.");
        int clear = 1 << minimumSize, end = clear + 1, next = end + 1, size = minimumSize + 1;
        int previous = -1, written = 0, bits = 0, held = 0, block = 0;
        Span<short> prefix = stackalloc short[MaxCodes];
        Span<byte> suffix = stackalloc byte[MaxCodes];
        Span<byte> reversed = stackalloc byte[MaxCodes + 1];
        byte first = 0;
        while (written < indices.Length)
        {
            while (held < size)
            {
                if (block == 0 && (block = Take(1)[0]) == 0) throw CutShort();
                bits |= Take(1)[0] << held;
                held += 8;
                block--;
            }
            var code = bits & (1 << size) - 1;
            bits >>= size;
            held -= size;
            if (code == clear)
            {
                (next, size, previous) = (end + 1, minimumSize + 1, -1);
                continue;
            }
            if (code == end) throw CutShort();
            if (code > next || code == next && previous < 0 || previous < 0 && code > clear)
                throw new ImageException($"the GIF image is damaged near byte {_at}: LZW code {code} is not defined yet.");

            // A code just being defined stands for the previous string followed by that string's first byte.
            var length = 0;
            var walk = code;
            if (code == next)
            {
                reversed[length++] = first;
                walk = previous;
            }
            for (; walk > end; walk = prefix[walk]) reversed[length++] = suffix[walk];
            first = (byte)walk;
            reversed[length++] = first;
            if (previous >= 0 && next < MaxCodes)
            {
                (prefix[next], suffix[next]) = ((short)previous, first);
                next++;
                if (next == 1 << size && size < 12) size++;
            }
            previous = code;
            while (length > 0 && written < indices.Length) indices[written++] = reversed[--length];
        }
    }

    /// <summary>Appendix E: rows come as every 8th, every 8th from 4, every 4th from 2, every 2nd from 1.</summary>
    private static int Deinterlace(int stored, int rows)
    {
        ReadOnlySpan<(int Start, int Step)> passes = [(0, 8), (4, 8), (2, 4), (1, 2)];
        foreach (var (start, step) in passes)
        {
            var count = Math.Max(0, (rows - start + step - 1) / step);
            if (stored < count) return start + stored * step;
            stored -= count;
        }
        return stored;
    }

    private ReadOnlySpan<byte> TakePalette(byte flags) => (flags & 0x80) == 0 ? default : Take(3 << (flags & 7) + 1);

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_at + count > _gif.Length) throw CutShort();
        _at += count;
        return _gif.Slice(_at - count, count);
    }

    private readonly ImageException CutShort() => new($"the GIF image is damaged or cut short: its first frame ends early, near byte {_at} of {_gif.Length}.");
}
