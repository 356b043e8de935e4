using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace OnnxPipeline.Pipeline.Store.Remote;

/// <summary>A file that is written and hashed as its bytes come. Disposed without having been finished, it is deleted.</summary>
internal sealed class ArrivingFile : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly string _path;
    private readonly SafeFileHandle _file;
    private bool _finished;

    /// <exception cref="StoreException">The file cannot be made.</exception>
    public ArrivingFile(string path)
    {
        _path = path;
        _file = Write(() =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        });
    }

    /// <summary>Bytes that have come.</summary>
    public long Length { get; private set; }

    /// <exception cref="StoreException">The file cannot be written to.</exception>
    public void Append(ReadOnlyMemory<byte> bytes)
    {
        _hash.AppendData(bytes.Span);
        Write(() =>
        {
            RandomAccess.Write(_file, bytes.Span, Length);
            return 0;
        });
        Length += bytes.Length;
    }

    /// <summary>Begins anew.</summary>
    public void Restart()
    {
        _hash.GetHashAndReset();
        Length = 0;
    }

    /// <summary>Flushes the file to the disk and lets it stay, if its hash is the expected one; else the hash that it has.</summary>
    /// <exception cref="StoreException">The file cannot be written to.</exception>
    public string? Finish(string sha256)
    {
        var found = Convert.ToHexStringLower(_hash.GetHashAndReset());
        if (found != sha256) return found;
        Write(() =>
        {
            RandomAccess.SetLength(_file, Length);
            RandomAccess.FlushToDisk(_file);
            return 0;
        });
        _finished = true;
        return null;
    }

    public void Dispose()
    {
        _hash.Dispose();
        _file.Dispose();
        if (!_finished) File.Delete(_path);
    }

    /// <summary>The disk's failures are told apart from the network's, which are worth another try.</summary>
    private T Write<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StoreException.Explain(exception, Path.GetDirectoryName(_path)!) ?? new StoreException($"'{_path}' cannot be written: {exception.Message}", exception);
        }
    }
}
