using System.Buffers.Binary;

namespace OnnxPipeline.Runtime.Images;

/// <summary>
/// Reads every marker segment of a JPEG before it is decoded, and refuses a file that does not follow ITU-T T.81. The decoder
/// behind <see cref="DecodeImageSession"/> is libjpeg with its default handlers: on any fatal error it calls exit(), and on
/// input that ends early it waits for ever. Past this check all that can be wrong is entropy-coded data, which it survives.
/// </summary>
internal ref struct JpegStructure
{
    private readonly ReadOnlySpan<byte> _jpeg;
    private int _at;
    private bool _progressive;
    private Component[]? _components;
    private byte _quantizationTables;
    private byte _dcTables;
    private byte _acTables;
    private int _scans;
    private bool _wholeInOneScan;

    private readonly record struct Component(byte Id, int Horizontal, int Vertical, int Quantization);

    private JpegStructure(ReadOnlySpan<byte> jpeg)
    {
        _jpeg = jpeg;
        _at = 2; // past the start-of-image marker, which the header check has seen
    }

    /// <summary>Returns the same bytes when they may be decoded.</summary>
    public static ReadOnlySpan<byte> Check(ReadOnlySpan<byte> jpeg)
    {
        new JpegStructure(jpeg).Walk();
        return jpeg;
    }

    private void Walk()
    {
        while (true)
        {
            var marker = NextMarker();
            switch (marker)
            {
                case 0xd9: // end of image
                    if (_scans == 0) throw Damaged("it ends without a scan");
                    return;
                case 0x01 or (>= 0xd0 and <= 0xd7): // TEM and restarts stand alone
                    break;
                case 0xc0 or 0xc1 or 0xc2:
                    ReadFrame(Segment(), marker == 0xc2);
                    break;
                case 0xc4:
                    ReadHuffmanTables(Segment());
                    break;
                case 0xdb:
                    ReadQuantizationTables(Segment());
                    break;
                case 0xda:
                    ReadScan(Segment());
                    break;
                case 0xdd:
                    if (Segment().Length != 2) throw Damaged("its restart interval has a wrong length");
                    break;
                case 0xdc or 0xfe or (>= 0xe0 and <= 0xef): // DNL, comments and application data
                    Segment();
                    break;
                case 0xc3 or (>= 0xc5 and <= 0xc7) or (>= 0xc9 and <= 0xcf):
                    throw new ImageException("the JPEG image is lossless, hierarchical or arithmetic-coded, which is not supported; save it as baseline or progressive.");
                default:
                    throw Damaged($"it holds the marker 0x{marker:X2}, which has no place there");
            }
        }
    }

    /// <summary>The next marker, over fill bytes, entropy-coded data and stuffed zeros.</summary>
    private byte NextMarker()
    {
        while (true)
        {
            var offset = _jpeg[_at..].IndexOf((byte)0xff);
            if (offset < 0) throw CutShort();
            _at += offset;
            while (_at < _jpeg.Length && _jpeg[_at] == 0xff) _at++;
            if (_at == _jpeg.Length) throw CutShort();
            if (_jpeg[_at++] is not 0 and var marker) return marker;
        }
    }

    /// <summary>The parameters of the segment that begins here.</summary>
    private ReadOnlySpan<byte> Segment()
    {
        if (_at + 2 > _jpeg.Length) throw CutShort();
        var length = BinaryPrimitives.ReadUInt16BigEndian(_jpeg[_at..]);
        if (length < 2) throw Damaged("a segment has an impossible length");
        if (_at + length > _jpeg.Length) throw CutShort();
        var segment = _jpeg.Slice(_at + 2, length - 2);
        _at += length;
        return segment;
    }

    /// <summary>B.2.2: precision, height, width, and the sampling of each component.</summary>
    private void ReadFrame(ReadOnlySpan<byte> frame, bool progressive)
    {
        const int largestSide = 65_500; // libjpeg's JPEG_MAX_DIMENSION
        if (_components is not null) throw Damaged("it has two frames");
        if (frame.Length < 6 || frame.Length != 6 + 3 * frame[5]) throw Damaged("its frame header has a wrong length");
        if (frame[0] != 8) throw new ImageException($"the JPEG image has {frame[0]} bits a sample; only 8 are supported.");
        if (BinaryPrimitives.ReadUInt16BigEndian(frame[1..]) is 0 or > largestSide || BinaryPrimitives.ReadUInt16BigEndian(frame[3..]) is 0 or > largestSide)
            throw Damaged("its frame has an impossible size");
        if (frame[5] is not (1 or 3)) throw new ImageException($"the JPEG image has {frame[5]} colour components (CMYK has 4); only greyscale and RGB are supported. Convert it to RGB.");

        _progressive = progressive;
        var components = new Component[frame[5]];
        for (var i = 0; i < components.Length; i++)
            components[i] = new Component(frame[6 + 3 * i], frame[7 + 3 * i] >> 4, frame[7 + 3 * i] & 15, frame[8 + 3 * i]);
        if (components.Any(c => c.Horizontal is < 1 or > 4 || c.Vertical is < 1 or > 4 || c.Quantization > 3))
            throw Damaged("a component has an impossible sampling factor or table");
        if (components.DistinctBy(c => c.Id).Count() < components.Length) throw Damaged("two components share a number");
        var (across, down) = (components.Max(c => c.Horizontal), components.Max(c => c.Vertical));
        if (components.Any(c => across % c.Horizontal != 0 || down % c.Vertical != 0))
            throw new ImageException("the JPEG image samples its components at a ratio that is not whole, which is not supported.");
        _components = components;
    }

    /// <summary>B.2.4.2. A code must be a prefix code in which no word is all ones; a DC symbol is at most 15.</summary>
    private void ReadHuffmanTables(ReadOnlySpan<byte> tables)
    {
        const int header = 17;
        while (tables.Length > 0)
        {
            if (tables.Length < header || (tables[0] & 15) > 3 || tables[0] >> 4 > 1) throw Damaged("its Huffman table has an impossible number or length");
            int code = 0, symbols = 0;
            for (var length = 1; length < header; length++)
            {
                code = (code << 1) + tables[length];
                symbols += tables[length];
                if (tables[length] > 0 && code >= 1 << length) throw Damaged("its Huffman table is no prefix code");
            }
            if (symbols > 256 || header + symbols > tables.Length) throw Damaged("its Huffman table has an impossible number of symbols");
            var dc = tables[0] >> 4 == 0;
            if (dc && tables.Slice(header, symbols).ContainsAnyExceptInRange((byte)0, (byte)15)) throw Damaged("its Huffman table for DC has a symbol over 15");
            var bit = (byte)(1 << (tables[0] & 15));
            if (dc) _dcTables |= bit;
            else _acTables |= bit;
            tables = tables[(header + symbols)..];
        }
    }

    /// <summary>B.2.4.1: 64 values of one or two bytes a table.</summary>
    private void ReadQuantizationTables(ReadOnlySpan<byte> tables)
    {
        while (tables.Length > 0)
        {
            var length = tables[0] >> 4 == 0 ? 65 : 129;
            if (tables[0] >> 4 > 1 || (tables[0] & 15) > 3 || tables.Length < length) throw Damaged("its quantisation table has an impossible number or length");
            _quantizationTables |= (byte)(1 << (tables[0] & 15));
            tables = tables[length..];
        }
    }

    /// <summary>B.2.3: which components the scan holds, with which tables, and which coefficients (G.1.1.1 for progressive ones).</summary>
    private void ReadScan(ReadOnlySpan<byte> scan)
    {
        if (_components is not { } components) throw Damaged("a scan comes before the frame");
        if (_wholeInOneScan) throw Damaged("a scan follows the one that held all components");
        if (scan.Length < 4 || scan[0] is < 1 or > 3 || scan.Length != 4 + 2 * scan[0]) throw Damaged("its scan header has a wrong length");
        int count = scan[0], blocks = 0, seen = 0;
        int first = scan[^3], last = scan[^2], high = scan[^1] >> 4, low = scan[^1] & 15;
        var valid = _progressive
            ? (first == 0 ? last == 0 : last >= first && last <= 63 && count == 1) && low <= 13 && (high == 0 || low == high - 1)
            : first == 0 && last == 63 && high == 0 && low == 0;
        if (!valid) throw Damaged("a scan names impossible coefficients");
        for (var i = 0; i < count; i++)
        {
            var id = scan[1 + 2 * i];
            var index = Array.FindIndex(components, c => c.Id == id);
            if (index < 0 || (seen & 1 << index) != 0) throw Damaged("a scan names a component that the frame lacks, or one twice");
            seen |= 1 << index;
            var component = components[index];
            blocks += component.Horizontal * component.Vertical;
            int dc = scan[2 + 2 * i] >> 4, ac = scan[2 + 2 * i] & 15;
            if ((_quantizationTables >> component.Quantization & 1) == 0) throw Damaged("a scan lacks its quantisation table");
            if (first == 0 && high == 0 && (_dcTables >> dc & 1) == 0) throw Damaged("a scan lacks its Huffman table for DC");
            if (last > 0 && (_acTables >> ac & 1) == 0) throw Damaged("a scan lacks its Huffman table for AC");
        }
        if (count > 1 && blocks > 10) throw Damaged("a scan interleaves more than 10 blocks");
        _scans++;
        _wholeInOneScan = !_progressive && count == components.Length;
    }

    private readonly ImageException CutShort() => new($"the JPEG image is cut short: its {_jpeg.Length} bytes end before its end-of-image marker.");

    private readonly ImageException Damaged(string how) => new($"the JPEG image is damaged near byte {_at}: {how}.");
}
