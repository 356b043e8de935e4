namespace OnnxPipeline.Runtime.Archives;

/// <summary>Reads at most <paramref name="maxBytes"/> of <paramref name="inner"/>, so that a compression bomb costs no more than an honest file.</summary>
/// <param name="inner">What is read.</param>
/// <param name="maxBytes">More than any honest file holds.</param>
/// <param name="source">Names it in errors.</param>
/// <param name="fault">Makes the error of there being more, of a message and what caused it: each room has its own.</param>
public sealed class BoundedStream(Stream inner, long maxBytes, string source, Func<string, Exception?, Exception> fault) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _read; set => throw new NotSupportedException(); }

    /// <exception cref="Exception">There is more than may be. The type is the caller's.</exception>
    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        _read += count;
        return _read <= maxBytes ? count : throw fault($"{source}: unpacks to more than {maxBytes:N0} bytes; expected less. It is another file, or made to fill the memory.", null);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
