using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Tables;

namespace OnnxPipeline.Datasets.Tables;

/// <summary>A user's CSV file, opened: its headings are read, its rows come next.</summary>
internal sealed class CsvFile : IDisposable
{
    private readonly Stream _stream;
    private readonly TableRows _rows;

    private CsvFile(Stream stream, TableRows rows, string path)
    {
        _stream = stream;
        _rows = rows;
        Path = path;
    }

    public string Path { get; }

    public CsvRecords Records => _rows.Records;

    public IReadOnlyList<string> Headings => Records.Headings;

    /// <exception cref="DatasetSourceException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="DatasetFormatException">It is no table.</exception>
    public static CsvFile Open(CsvOptions options)
    {
        var stream = OpenStream(options.Path);
        var records = new CsvRecords(stream, options.Path, CsvDialect.Of(options.ToFormat()), DatasetFormatException.Of);
        try
        {
            return new CsvFile(stream, new TableRows(records, options.Path, options.Header, "a target and other columns. Set csv.delimiter to what separates them."), options.Path);
        }
        catch
        {
            records.Dispose();
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Goes to the next row, which has a field for every heading.</summary>
    /// <exception cref="DatasetFormatException">It has not, or is no CSV.</exception>
    public bool Read() => _rows.Read();

    /// <summary>The place of a heading, from 0.</summary>
    /// <param name="name">The heading.</param>
    /// <param name="option">The option that names it, for errors.</param>
    /// <exception cref="DatasetFormatException">There is none such.</exception>
    public int Find(string name, string option)
    {
        for (var i = 0; i < Headings.Count; i++)
        {
            if (Headings[i] == name) return i;
        }
        var near = NearestName.Of(name, Headings) is { } nearest ? $" Did you mean '{nearest}'?" : "";
        throw new DatasetFormatException($"{Path}: line 1: there is no column '{name}', which {option} names.{near} Columns: {string.Join(", ", Headings.Take(50))}{(Headings.Count > 50 ? $" and {Headings.Count - 50} more" : "")}.");
    }

    public void Dispose()
    {
        _rows.Dispose();
        _stream.Dispose();
    }

    private static Stream OpenStream(string path)
    {
        try
        {
            return CompressedFile.OpenRead(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DatasetSourceException($"{path} cannot be read: {exception.Message} Give csv.path a CSV or TSV file, plain or gzipped.", exception);
        }
    }
}
