using OnnxPipeline.Datasets.Splits;
using OnnxPipeline.Models.Tables;

namespace OnnxPipeline.Datasets.Tables;

/// <summary>The rows of a user's table that have a target, each with its part of the dataset. Every reading gives the same.</summary>
internal sealed class CsvRows : IDisposable
{
    private readonly CellReader _cells;
    private readonly RowSplitter _splitter;
    private readonly CsvOptions _options;
    private readonly int _targetColumn;

    /// <param name="options">Options without faults.</param>
    /// <param name="validation">Share of the rows not for testing.</param>
    /// <param name="seed">Decides which ones.</param>
    /// <param name="task">What the target is; null where its values decide.</param>
    /// <exception cref="DatasetSourceException">There is no such file.</exception>
    /// <exception cref="DatasetFormatException">It is no table with such a target.</exception>
    public CsvRows(CsvOptions options, double validation, ulong seed, TableTask? task)
    {
        _options = options;
        _cells = new CellReader(options.ToFormat());
        _splitter = new RowSplitter(options.Test, validation, seed);
        File = CsvFile.Open(options);
        try
        {
            _targetColumn = File.Find(options.Target, "csv.target");
            Target = new TargetColumn(_targetColumn, task, options.Task is not null, _cells);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public CsvFile File { get; }

    public TargetColumn Target { get; }

    /// <summary>The part of the row that is being read.</summary>
    public RowPart Part { get; private set; }

    /// <summary>Rows left out so far because their target is missing.</summary>
    public long Skipped { get; private set; }

    /// <summary>Goes to the next row that has a target.</summary>
    /// <exception cref="DatasetFormatException">A row cannot be read, or its target is missing and may not be.</exception>
    public bool Read()
    {
        while (File.Read())
        {
            if (_cells.IsMissing(File.Records[_targetColumn]))
            {
                if (!_options.SkipMissingTarget) throw File.Records.Error(_targetColumn, $"the target is missing ('{File.Records.Shown(_targetColumn)}'). Fill it in, or leave such rows out by csv.skipMissingTarget.");
                Skipped++;
                continue;
            }
            Target.Read(File.Records);
            Part = _splitter.Next(Target.Class);
            return true;
        }
        return false;
    }

    public void Dispose() => File.Dispose();
}
