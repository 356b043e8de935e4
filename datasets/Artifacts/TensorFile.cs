using System.Security.Cryptography;

namespace OnnxPipeline.Datasets.Artifacts;

/// <summary>One tensor file of an artifact, written item after item and hashed on the way, so that it may be larger than memory.</summary>
internal sealed class TensorFile : IDisposable
{
    private const int BufferSize = 1 << 16;

    private readonly FileStream _stream;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly TensorMeta _meta;
    private int _filled;

    public TensorFile(string folder, string split, string name, DataKind kind, IReadOnlyList<long> itemShape)
    {
        var file = $"{split}.{name}.{kind.Suffix()}";
        _meta = new TensorMeta { Name = name, Kind = kind, ItemShape = itemShape, File = file, Sha256 = "" };
        _stream = new FileStream(Path.Combine(folder, file), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    /// <summary>Appends the bytes of any number of items.</summary>
    public void Write(ReadOnlySpan<byte> items)
    {
        if (items.Length > BufferSize - _filled) Flush();
        if (items.Length >= BufferSize)
        {
            Append(items);
            return;
        }
        items.CopyTo(_buffer.AsSpan(_filled));
        _filled += items.Length;
    }

    /// <summary>Writes what is left; nothing may be written after it.</summary>
    public TensorMeta Finish()
    {
        Flush();
        return _meta with { Sha256 = Convert.ToHexStringLower(_hash.GetHashAndReset()) };
    }

    public void Dispose()
    {
        _stream.Dispose();
        _hash.Dispose();
    }

    private void Flush()
    {
        Append(_buffer.AsSpan(0, _filled));
        _filled = 0;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        _stream.Write(bytes);
        _hash.AppendData(bytes);
    }
}
