using System.Text;
using OnnxPipeline.Inference.Results;

namespace OnnxPipeline.Inference.Folders;

/// <summary>
/// The rows that an interrupted run has written, to go on behind them. Each must be of the input at its place. The last batch of them
/// is run again: what the model says now must be what is written, which tells another model. Since batches begin where they did in
/// the earlier run, the file ends as if that had never been interrupted, whatever batches do to a model's rounding.
/// </summary>
internal sealed class EarlierRows
{
    private readonly FileStream _file;
    private readonly string _source;
    private readonly RowFormat _format;
    private readonly ResultColumns _columns;
    private readonly RowFile _rows;
    private readonly string _header;

    /// <summary>Whole rows, and where the last of them ends.</summary>
    private readonly long _count, _end;

    /// <summary>Rows before the last batch of them.</summary>
    private readonly long _settled;

    private long _checked;
    private bool _cutOff;

    /// <param name="file">The rows, from the start; it is cut behind the last whole one once they are verified.</param>
    /// <param name="source">Names it in errors.</param>
    /// <param name="format">CSV or JSON Lines.</param>
    /// <param name="columns">The columns it should have.</param>
    /// <param name="batchSize">Images a model run.</param>
    /// <exception cref="ResultFileException">Its columns are others.</exception>
    public EarlierRows(FileStream file, string source, RowFormat format, ResultColumns columns, int batchSize)
    {
        (_file, _source, _format, _columns) = (file, source, format, columns);
        using var header = new StringWriter();
        RowWriter.Create(header, format, columns, top: 1).WriteHeader();
        _header = header.ToString();

        var counting = Open();
        while (counting.Read()) _count++;
        _end = counting.Position;
        if (_count > 0 && _format == RowFormat.Csv) _count--;
        _settled = _count == 0 ? 0 : (_count - 1) / batchSize * batchSize;
        _rows = Open();
        if (_end > 0) CheckHeader(_rows);
    }

    /// <summary>Passes over the inputs of the rows before the last batch.</summary>
    /// <exception cref="ResultFileException">A row is of another input.</exception>
    public IEnumerable<InputImage> Skip(IEnumerable<InputImage> images, ResultSummary summary)
    {
        foreach (var image in images)
        {
            if (_checked < _settled) summary.AddStored(Next(image.Path));
            else yield return image;
        }
    }

    /// <summary>Compares the rows of a batch with those that are there.</summary>
    /// <returns>How many of the batch's rows are there.</returns>
    /// <exception cref="ResultFileException">One is of another input, or another model.</exception>
    public int Verify(ReadOnlySpan<FolderRow> batch, RowOutput output, ResultSummary summary)
    {
        if (_cutOff) return 0;
        var there = (int)Math.Min(batch.Length, _count - _checked);
        foreach (var row in batch[..there])
        {
            var stored = Next(row.Path);
            // What was wrong with a file may have passed, or come up, since.
            if (stored.Error is null && row.Error is null && !_rows.Row.SequenceEqual(Written(row)))
                throw new ResultFileException($"{_source}: row {_checked:N0}, of '{row.Path}', would now be another: it says {Shown(_rows.Row)}, expected {Shown(Written(row))}. It was made with another model, other options, or another image. Write to another file, or delete this one to begin anew.");
            summary.AddStored(stored);
        }
        if (_checked == _count) CutOff(output);
        return there;
    }

    /// <exception cref="ResultFileException">There are more rows than inputs.</exception>
    public void ExpectNoMore()
    {
        if (_checked < _count) throw new ResultFileException($"{_source}: it has {_count:N0} rows, but there are {_checked:N0} inputs. It belongs to other inputs; write to another file, or delete this one to begin anew.");
    }

    /// <summary>What lies behind the last whole row goes, and the rows of this run come.</summary>
    private void CutOff(RowOutput output)
    {
        _cutOff = true;
        _file.SetLength(_end);
        _file.Position = _end;
        if (_end == 0) output.WriteHeader();
    }

    private StoredRow Next(string path)
    {
        if (!_rows.Read()) throw new ResultFileException($"{_source}: it became shorter while it was read.");
        _checked++;
        StoredRow row;
        try
        {
            row = StoredRow.Parse(_rows.Row, _format, _columns.Names, ResultShape.Path);
        }
        catch (FormatException exception)
        {
            throw new ResultFileException($"{_source}: row {_checked:N0} is none of this command: {exception.Message}. Write to another file, or delete this one to begin anew.", exception);
        }
        return row.Key == path ? row : throw new ResultFileException($"{_source}: row {_checked:N0} is of '{row.Key}', but input {_checked:N0} is '{path}'. It belongs to other inputs, or they have changed; write to another file, or delete this one to begin anew.");
    }

    private void CheckHeader(RowFile rows)
    {
        if (_format != RowFormat.Csv || !rows.Read() || rows.Row.SequenceEqual(Encoding.UTF8.GetBytes(_header))) return;
        throw new ResultFileException($"{_source}: its columns are {string.Join(", ", StoredRow.Fields(rows.Row).Take(50))}; expected {string.Join(", ", _columns.Names)}. Choose those columns, write to another file, or delete this one to begin anew.");
    }

    private byte[] Written(ResultRow row)
    {
        using var text = new StringWriter();
        RowWriter.Create(text, _format, _columns, top: 1).Write(row);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Shown(ReadOnlySpan<byte> row)
    {
        const int most = 200;
        var text = Encoding.UTF8.GetString(row).TrimEnd();
        return text.Length <= most ? text : text[..most] + "…";
    }

    private RowFile Open()
    {
        _file.Position = 0;
        return new RowFile(_file, _source, _format);
    }
}
