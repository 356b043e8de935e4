using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace OnnxPipeline.Models;

/// <summary>Reads NumPy's array files. Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html</summary>
internal static partial class NumpyArray
{
    /// <summary>The marker, two bytes of version, and two (version 1) or four bytes with the length of the header.</summary>
    private const int VersionAt = 6;
    private const int LengthAt = 8;

    private static readonly Dictionary<string, ElementType> Types = new()
    {
        ["f2"] = ElementType.Float16, ["f4"] = ElementType.Float, ["f8"] = ElementType.Double, ["b1"] = ElementType.Bool,
        ["u1"] = ElementType.UInt8, ["u2"] = ElementType.UInt16, ["u4"] = ElementType.UInt32, ["u8"] = ElementType.UInt64,
        ["i1"] = ElementType.Int8, ["i2"] = ElementType.Int16, ["i4"] = ElementType.Int32, ["i8"] = ElementType.Int64,
    };

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <exception cref="ModelFormatException">The bytes are no array, not a whole one, or of a kind that no tensor has.</exception>
    public static Initializer Parse(ReadOnlySpan<byte> file, string source)
    {
        if (!file.StartsWith(Magic) || file.Length < LengthAt + sizeof(uint)) throw Bad(source, $"not a NumPy array ({file.Length} bytes that do not begin as one).");
        var wide = file[VersionAt] > 1;
        var start = LengthAt + (wide ? sizeof(uint) : sizeof(ushort));
        var length = wide ? BinaryPrimitives.ReadUInt32LittleEndian(file[LengthAt..]) : BinaryPrimitives.ReadUInt16LittleEndian(file[LengthAt..]);
        if (length > file.Length - start) throw Bad(source, $"the array's header takes {length} bytes, and {file.Length - start} are left of the file.");
        var header = Encoding.UTF8.GetString(file.Slice(start, (int)length));
        var type = TypeOf(header, source);
        var dims = DimsOf(header, source);
        var data = file[(start + (int)length)..];
        if (Fits(type, dims, data.Length)) return Initializer.FromBytes("", type, data, dims);
        throw Bad(source, $"an array {type}[{string.Join(",", dims)}] does not take the {data.Length} bytes that follow its header; the file is cut short or damaged.");
    }

    private static ElementType TypeOf(string header, string source)
    {
        var type = Type().Match(header) is { Success: true } match ? match.Groups[1].Value : throw Bad(source, "the array's header has no 'descr'.");
        if (!Types.TryGetValue(type[1..], out var element) || type[0] == '>') throw Bad(source, $"the array is of '{type}'; expected little-endian numbers: {string.Join(", ", Types.Keys)}.");
        return Rows().IsMatch(header) ? element : throw Bad(source, "the array is in Fortran's order, column by column; save numpy.ascontiguousarray of it.");
    }

    private static long[] DimsOf(string header, string source)
    {
        if (Sizes().Match(header) is not { Success: true } match) throw Bad(source, "the array's header has no 'shape'.");
        var sizes = match.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return Array.ConvertAll(sizes, size => long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var dim) ? dim : throw Bad(source, $"the array's shape has the size '{size}'."));
    }

    private static bool Fits(ElementType type, long[] dims, int bytes)
    {
        try
        {
            return type.ByteLength(dims.Aggregate(1L, (product, dim) => checked(product * dim))) == bytes;
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    private static ModelFormatException Bad(string source, string problem) => new($"{source}: {problem}");

    [GeneratedRegex(@"'descr':\s*'([<>|=].\w*)'")]
    private static partial Regex Type();

    [GeneratedRegex(@"'fortran_order':\s*False")]
    private static partial Regex Rows();

    [GeneratedRegex(@"'shape':\s*\(([^)]*)\)")]
    private static partial Regex Sizes();
}
