namespace OnnxPipeline.Inference.Results;

/// <summary>Goes through a file of rows as bytes, from one row's end to the next; a last row that is cut short is left out.</summary>
/// <param name="stream">CSV or JSON Lines as the row writers write them, from its start; not closed.</param>
/// <param name="source">Names it in errors.</param>
/// <param name="format">CSV, whose rows end outside of quotes, or JSON Lines.</param>
internal sealed class RowFile(Stream stream, string source, RowFormat format)
{
    /// <summary>Bytes of a row at most; it bounds the memory that another file than one of rows takes.</summary>
    private const int MaxRow = 16 << 20;

    private byte[] _buffer = new byte[1 << 16];
    private int _start, _end, _filled;

    /// <summary>The row that was read, with its end; valid until the next.</summary>
    public ReadOnlySpan<byte> Row => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Bytes from the file's start to the end of the row that was read.</summary>
    public long Position { get; private set; }

    /// <summary>Whether bytes lie behind the last whole row; known once there is no further row.</summary>
    public bool IsTorn => _end < _filled;

    /// <summary>Goes to the next row; false behind the last whole one.</summary>
    /// <exception cref="ResultFileException">A row is too long to be one.</exception>
    public bool Read()
    {
        _start = _end;
        var quoted = false;
        for (var at = _start; ; at++)
        {
            if (at == _filled)
            {
                at -= _start;
                if (!Fill()) return false;
            }
            if (_buffer[at] == '"') quoted = !quoted && format == RowFormat.Csv;
            if (quoted || _buffer[at] != '\n') continue;
            _end = at + 1;
            Position += _end - _start;
            return true;
        }
    }

    /// <summary>Moves what is not read yet to the front and reads on; false at the end of the file.</summary>
    private bool Fill()
    {
        _buffer.AsSpan(_start, _filled - _start).CopyTo(_buffer);
        (_start, _end, _filled) = (0, 0, _filled - _start);
        if (_filled == MaxRow) throw new ResultFileException($"{source}: the row at byte {Position:N0} is longer than {MaxRow:N0} bytes; expected a file of rows that predict wrote.");
        if (_filled == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = stream.Read(_buffer, _filled, _buffer.Length - _filled);
        _filled += read;
        return read > 0;
    }
}
