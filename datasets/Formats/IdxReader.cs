using System.Buffers.Binary;
using OnnxPipeline.Datasets.Sources;
using OnnxPipeline.Models.Tables;

namespace OnnxPipeline.Datasets.Formats;

/// <summary>An IDX file's tensor of unsigned bytes.</summary>
internal sealed record IdxTensor(IReadOnlyList<int> Sizes, byte[] Data);

/// <summary>
/// Reads the IDX format: two zero bytes, a type, a rank, one big-endian 32-bit size an axis, then the elements in row-major
/// order. Source: the format's description at http://yann.lecun.com/exdb/mnist/.
/// </summary>
internal static class IdxReader
{
    private const byte UnsignedByte = 0x08;

    /// <summary>Elements are read in steps, so that memory follows the bytes that are there, not the sizes a header claims.</summary>
    private const int FirstStep = 1 << 20;

    /// <summary>Reads a file, plain or gzipped, whose tensor must have <paramref name="rank"/> axes.</summary>
    /// <exception cref="DatasetFormatException">It is not exactly such a tensor.</exception>
    public static IdxTensor ReadFile(string path, int rank)
    {
        using var stream = CompressedFile.OpenRead(path);
        return Read(stream, path, rank);
    }

    /// <summary>Reads uncompressed bytes to their end. <paramref name="source"/> names them in errors.</summary>
    /// <exception cref="DatasetFormatException">They are not exactly such a tensor.</exception>
    public static IdxTensor Read(Stream stream, string source, int rank)
    {
        try
        {
            var sizes = ReadHeader(stream, source, rank);
            var elements = sizes.Aggregate(1L, (product, size) => checked(product * size));
            if (elements > Array.MaxLength)
                throw new DatasetFormatException($"{source}: the header claims sizes [{string.Join(",", sizes)}], {elements:N0} bytes in all; expected at most {Array.MaxLength:N0}. The header is damaged, or this is another file.");
            var data = ReadElements(stream, source, sizes, (int)elements);
            if (stream.ReadByte() != -1)
                throw new DatasetFormatException($"{source}: there are bytes after the last of the {elements:N0} elements of [{string.Join(",", sizes)}]; expected the end of the file.");
            return new IdxTensor(sizes, data);
        }
        catch (InvalidDataException exception)
        {
            throw new DatasetFormatException($"{source}: corrupt gzip data: {exception.Message} Get the file again.", exception);
        }
        catch (OverflowException exception)
        {
            throw new DatasetFormatException($"{source}: the header's sizes multiply to more than 2^63 elements; it is damaged, or this is another file.", exception);
        }
    }

    private static int[] ReadHeader(Stream stream, string source, int rank)
    {
        Span<byte> magic = stackalloc byte[4];
        Fill(stream, magic, source, "the magic number");
        if (magic[0] != 0 || magic[1] != 0)
            throw new DatasetFormatException($"{source}: not an IDX file; it begins with {Convert.ToHexString(magic)}, expected 0000{UnsignedByte:X2}{rank:X2}.");
        if (magic[2] != UnsignedByte)
            throw new DatasetFormatException($"{source}: IDX element type 0x{magic[2]:X2}; expected 0x{UnsignedByte:X2}, unsigned byte.");
        if (magic[3] != rank)
            throw new DatasetFormatException($"{source}: an IDX tensor of {magic[3]} axes; expected {rank}. Images have 3, labels 1: are the files exchanged?");

        var sizes = new int[rank];
        Span<byte> size = stackalloc byte[4];
        for (var axis = 0; axis < rank; axis++)
        {
            Fill(stream, size, source, $"the size of axis {axis}");
            var value = BinaryPrimitives.ReadUInt32BigEndian(size);
            if (value is 0 or > int.MaxValue)
                throw new DatasetFormatException($"{source}: axis {axis} has size {value:N0}; expected 1 to {int.MaxValue:N0}.");
            sizes[axis] = (int)value;
        }
        return sizes;
    }

    private static byte[] ReadElements(Stream stream, string source, int[] sizes, int count)
    {
        var data = new byte[Math.Min(count, FirstStep)];
        for (var filled = 0; ;)
        {
            filled += stream.ReadAtLeast(data.AsSpan(filled), data.Length - filled, throwOnEndOfStream: false);
            if (filled < data.Length)
                throw new DatasetFormatException($"{source}: cut short; sizes [{string.Join(",", sizes)}] need {count:N0} bytes of elements, found {filled:N0}. Get the file again.");
            if (filled == count) return data;
            Array.Resize(ref data, (int)Math.Min(count, 2L * data.Length));
        }
    }

    private static void Fill(Stream stream, Span<byte> buffer, string source, string what)
    {
        var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        if (read < buffer.Length)
            throw new DatasetFormatException($"{source}: cut short in {what}; expected {buffer.Length} bytes there, found {read}. Get the file again.");
    }
}
