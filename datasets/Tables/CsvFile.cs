using System.Text;
using OnnxPipeline.Datasets.Formats;
using OnnxPipeline.Datasets.Sources;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Datasets.Tables;

/// <summary>A user's CSV file, opened: its headings are read, its rows come next.</summary>
internal sealed class CsvFile : IDisposable
{
    /// <summary>What a file may have; every column costs memory while the table is looked at.</summary>
    private const int MaxColumns = 10_000;

    private readonly Stream _stream;
    private bool _firstRowRead;

    private CsvFile(Stream stream, CsvRecords records, string path)
    {
        _stream = stream;
        Records = records;
        Path = path;
    }

    public string Path { get; }

    public CsvRecords Records { get; }

    public IReadOnlyList<string> Headings => Records.Headings;

    /// <exception cref="DatasetSourceException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="DatasetFormatException">It is no table.</exception>
    public static CsvFile Open(CsvOptions options)
    {
        var stream = OpenStream(options.Path);
        var records = new CsvRecords(stream, options.Path, new CsvDialect
        {
            Delimiter = options.Delimiter is { } delimiter ? delimiter[0] : null,
            Encoding = options.Encoding switch
            {
                TextEncoding.Latin1 => Encoding.Latin1,
                TextEncoding.Utf16 => Encoding.Unicode,
                _ => null,
            },
            Lenient = true,
        });
        var file = new CsvFile(stream, records, options.Path);
        try
        {
            file.ReadHeadings(options);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Goes to the next row, which has a field for every heading.</summary>
    /// <exception cref="DatasetFormatException">It has not, or is no CSV.</exception>
    public bool Read()
    {
        if (_firstRowRead)
        {
            _firstRowRead = false;
            return true;
        }
        if (!Records.Read()) return false;
        Records.Expect(Headings.Count);
        return true;
    }

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
        Records.Dispose();
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

    private void ReadHeadings(CsvOptions options)
    {
        if (!Records.Read()) throw new DatasetFormatException($"{Path}: empty; expected {(options.Header ? "a row of headings and " : "")}rows of values.");
        if (Records.Count == 1)
            throw Records.Error(0, $"the row is one field when split at {CsvRecords.Name(Records.Delimiter)}; expected a target and other columns. Set csv.delimiter to what separates them.");
        if (Records.Count > MaxColumns) throw Records.Error(MaxColumns, $"the row has {Records.Count:N0} fields; expected at most {MaxColumns:N0}. Is it another file, or another delimiter?");
        if (!options.Header)
        {
            Records.Headings = [.. Enumerable.Range(1, Records.Count).Select(i => $"column{i}")];
            _firstRowRead = true;
            return;
        }
        string[] headings = [.. Enumerable.Range(0, Records.Count).Select(Records.Text)];
        var faults = new List<string>();
        for (var i = 0; i < headings.Length; i++)
        {
            var first = Array.IndexOf(headings, headings[i]);
            if (string.IsNullOrWhiteSpace(headings[i])) faults.Add($"column {i + 1} has no heading");
            else if (first < i) faults.Add($"column {i + 1} has the heading '{headings[i]}', as column {first + 1} has");
        }
        if (faults.Count > 0) throw new DatasetFormatException($"{Path}: line {Records.Line}: {string.Join("; ", faults.Take(20))}. Expected a different heading for every column; if the first row is values, set csv.header to false.");
        Records.Headings = headings;
    }
}
