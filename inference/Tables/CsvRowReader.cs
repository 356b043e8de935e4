using OnnxPipeline.Models.Tables;

namespace OnnxPipeline.Inference.Tables;

/// <summary>Reads a CSV file's rows into batches. A bad row is told of and passed over; reading goes on behind it wherever that can be found.</summary>
internal sealed class CsvRowReader : IDisposable
{
    private readonly RowLayout _layout;
    private readonly TableRows _rows;
    private readonly int[] _places;

    /// <param name="stream">The content, uncompressed; not closed.</param>
    /// <param name="source">Names it in errors.</param>
    /// <param name="layout">What is looked for in it.</param>
    /// <exception cref="RowException">It has no headings, or not those of the model's columns.</exception>
    public CsvRowReader(Stream stream, string source, RowLayout layout)
    {
        _layout = layout;
        var records = new CsvRecords(stream, source, CsvDialect.Of(layout.Format), RowException.Of);
        try
        {
            _rows = new TableRows(records, source, layout.Format.Header);
            if (layout.Misfit(_rows.Headings) is { } misfit) throw new RowException($"{source}: {(layout.Format.Header ? $"line {records.Line}: " : "")}{misfit} Fields are separated by {CsvRecords.Name(records.Delimiter)}.");
        }
        catch
        {
            records.Dispose();
            throw;
        }
        _places = [.. layout.Columns.Select(c => _rows.Headings.Index().First(h => h.Item == c.Name).Index)];
    }

    /// <summary>Reads until the batch is full, or the outcomes are as many as it holds.</summary>
    /// <param name="batch">Takes the good rows.</param>
    /// <param name="outcomes">Takes, row by row, null for a good one or what is wrong with it.</param>
    /// <param name="capacity">Rows to read at most.</param>
    /// <returns>False after the last row.</returns>
    public bool Fill(RowBatch batch, List<string?> outcomes, int capacity)
    {
        while (outcomes.Count < capacity)
        {
            try
            {
                if (!_rows.Read()) return false;
                Add(batch);
                outcomes.Add(null);
            }
            catch (RowException exception)
            {
                outcomes.Add(_rows.Records.CanGoOn ? exception.Message : $"{exception.Message} What lies behind it was not read.");
                if (!_rows.Records.CanGoOn) return false;
            }
        }
        return true;
    }

    public void Dispose() => _rows.Dispose();

    private void Add(RowBatch batch)
    {
        var records = _rows.Records;
        batch.Begin();
        for (var column = 0; column < _places.Length; column++)
        {
            if (batch.TryAdd(column, records[_places[column]]) is { } problem) throw records.Error(_places[column], problem);
        }
        batch.End();
    }
}
