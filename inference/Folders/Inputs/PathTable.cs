using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Tables;

namespace OnnxPipeline.Inference.Folders.Inputs;

/// <summary>Reads paths from a column of a CSV or TSV file, and what else of each row is carried along.</summary>
internal sealed class PathTable : IDisposable
{
    private readonly TableRows _rows;
    private readonly int _path;
    private readonly int[] _carried;
    private readonly IReadOnlyList<string> _names;

    private PathTable(Stream stream, string source, FolderInputs inputs)
    {
        var records = new CsvRecords(stream, source, new CsvDialect { Delimiter = null, Lenient = true }, RowException.Of);
        try
        {
            _rows = new TableRows(records, source, header: true);
            _names = inputs.Carried;
            _path = Place(inputs.PathColumn!, source);
            _carried = [.. _names.Select(name => Place(name, source))];
        }
        catch
        {
            records.Dispose();
            throw;
        }
    }

    /// <summary>A row that cannot be read is one image with an error, and so is a whole table.</summary>
    public static IEnumerable<InputImage> Read(string path, FolderInputs inputs)
    {
        var (stream, unreadable) = InputFile.Open(path, inputs.StandardInput, CompressedFile.OpenRead, "a CSV or TSV file, plain or gzipped");
        using (stream)
        {
            var (table, misfit) = stream is null ? (null, unreadable) : OpenRows(stream, path, inputs);
            using (table)
            {
                if (table is null)
                {
                    yield return new InputImage(path, misfit);
                    yield break;
                }
                while (table.Next(path) is { } image) yield return image;
            }
        }
    }

    public void Dispose() => _rows.Dispose();

    private InputImage? Next(string source)
    {
        var records = _rows.Records;
        try
        {
            if (!records.CanGoOn || !_rows.Read()) return null;
            if (records[_path].IsEmpty) throw records.Error(_path, "there is nothing; expected the path of an image.");
            var fields = _carried.Length == 0 ? null : _names.Zip(_carried).ToDictionary(c => c.First, c => records.Text(c.Second), StringComparer.Ordinal);
            return new InputImage(records.Text(_path)) { Fields = fields };
        }
        catch (RowException exception)
        {
            return new InputImage(source, records.CanGoOn ? exception.Message : $"{exception.Message} What lies behind it was not read.");
        }
    }

    private int Place(string heading, string source)
    {
        var place = _rows.Headings.Index().Where(h => h.Item == heading).Select(h => (int?)h.Index).FirstOrDefault();
        return place ?? throw new RowException($"{source}: there is no column '{heading}'{(NearestName.Of(heading, _rows.Headings) is { } near ? $" (did you mean '{near}'?)" : "")}. Its columns are {string.Join(", ", _rows.Headings.Take(50))}.");
    }

    private static (PathTable? Table, string? Misfit) OpenRows(Stream stream, string source, FolderInputs inputs)
    {
        try
        {
            return (new PathTable(stream, source, inputs), null);
        }
        catch (RowException exception)
        {
            return (null, exception.Message);
        }
    }
}
