using OnnxPipeline.Datasets.Splits;
using OnnxPipeline.Models.Tables;

namespace OnnxPipeline.Datasets.Tables;

/// <summary>All that one reading of a user's table shows.</summary>
internal sealed class CsvProfile
{
    private const int Parts = 3;
    private const int CheckCancelEvery = 4096;

    private readonly List<long>[] _counts = [.. Enumerable.Range(0, Parts).Select(_ => new List<long>())];

    private CsvProfile(CsvRows rows, CsvOptions options)
    {
        var cells = new CellReader(options.ToFormat());
        foreach (var name in options.Ignore) rows.File.Find(name, "csv.ignore");
        foreach (var given in options.Columns)
        {
            if (given.Name == options.Target) throw new DatasetFormatException($"{options.Path}: csv.columns describes '{given.Name}', which is the target; csv.task says what it is.");
            rows.File.Find(given.Name, "csv.columns");
        }
        Columns =
        [
            .. rows.File.Headings
                .Select((name, index) => (name, index))
                .Where(c => c.name != options.Target && !options.Ignore.Contains(c.name))
                .Select(c => new ColumnProfile(c.index, c.name, options.Columns.FirstOrDefault(given => given.Name == c.name), cells, options.MaxCategories)),
        ];
        if (Columns.Length == 0) throw new DatasetFormatException($"{options.Path}: line 1: there is no column but the target and those that csv.ignore leaves out; expected one at least to predict from.");
        Delimiter = rows.File.Records.Delimiter;
    }

    public char Delimiter { get; }

    /// <summary>The columns to predict from; an array, so that going through them for every row makes no garbage.</summary>
    public ColumnProfile[] Columns { get; }

    public TableTask Task { get; private set; }

    /// <summary>The classes in the order of their first rows.</summary>
    public Vocabulary Classes { get; private set; } = null!;

    public long Rows { get; private set; }

    public long Skipped { get; private set; }

    /// <summary>The rows of a part, by class; a regression has the one class 0.</summary>
    public IReadOnlyList<long> CountsOf(RowPart part) => _counts[(int)part];

    /// <summary>Reads the table once; a second time from the beginning where the target turns out to be numbers.</summary>
    /// <exception cref="DatasetSourceException">There is no such file.</exception>
    /// <exception cref="DatasetFormatException">It is no table as the options describe it, or has no rows.</exception>
    public static CsvProfile Read(CsvOptions options, double validation, ulong seed, CancellationToken cancellation)
    {
        var task = options.Task;
        while (true)
        {
            using var rows = new CsvRows(options, validation, seed, task);
            var profile = new CsvProfile(rows, options);
            if (profile.ReadRows(rows, cancellation)) return profile;
            task = TableTask.Regression;
        }
    }

    /// <returns>False when what the target is has changed on the way.</returns>
    private bool ReadRows(CsvRows rows, CancellationToken cancellation)
    {
        Task = rows.Target.Task;
        while (rows.Read())
        {
            if (rows.Target.Task != Task) return false;
            if (Rows++ % CheckCancelEvery == 0) cancellation.ThrowIfCancellationRequested();
            foreach (var counts in _counts)
            {
                if (rows.Target.Class == counts.Count) counts.Add(0);
            }
            _counts[(int)rows.Part][rows.Target.Class]++;
            foreach (var column in Columns) column.Add(rows.File.Records, rows.Part == RowPart.Train);
        }
        (Classes, Skipped) = (rows.Target.Classes, rows.Skipped);
        if (Rows == 0) throw new DatasetFormatException($"{rows.File.Path}: there is no row{(Skipped > 0 ? $" with a target; it is missing in all {Skipped:N0}" : " after the headings")}. Expected rows of values.");
        return true;
    }
}
