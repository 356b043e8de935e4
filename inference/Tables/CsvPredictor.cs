using OnnxPipeline.Models.Tables;

namespace OnnxPipeline.Inference.Tables;

/// <summary>
/// Runs a model on any number of CSV rows in bounded memory; results come in the order of the rows. Cells are read as in
/// training, and so is the delimiter found. A bad row is a result with an error; it stops nothing.
/// </summary>
/// <param name="predictor">The model; it stays the caller's.</param>
/// <param name="batchSize">Rows a model run.</param>
public sealed class CsvPredictor(TablePredictor predictor, int batchSize = CsvPredictor.DefaultBatchSize)
{
    public const int DefaultBatchSize = 1024;

    private readonly int _batchSize = batchSize >= 1 ? batchSize : throw new ArgumentOutOfRangeException(nameof(batchSize), batchSize, "expected 1 or more rows");

    /// <summary>Runs files with headings (plain or gzipped) one after the other. A file that cannot be read is one row with an error.</summary>
    /// <param name="paths">CSV or TSV files; "-" is <paramref name="standardInput"/>.</param>
    /// <param name="standardInput">Opens what "-" stands for, uncompressed.</param>
    public IEnumerable<TableRow> Predict(IEnumerable<string> paths, Func<Stream> standardInput)
    {
        long number = 0;
        foreach (var path in paths)
        {
            var (stream, unreadable) = InputFile.Open(path, standardInput, CompressedFile.OpenRead, "a CSV or TSV file, plain or gzipped");
            using (stream)
            {
                var (reader, misfit) = stream is null ? (null, unreadable) : OpenRows(stream, path);
                using (reader)
                {
                    if (reader is null) yield return new TableRow(path, null, null, null, misfit);
                    else foreach (var row in Predict(reader, path)) yield return row with { Row = ++number };
                }
            }
        }
    }

    /// <summary>Runs the rows that a stream holds behind its headings.</summary>
    /// <param name="csv">Uncompressed; not closed.</param>
    /// <param name="source">Names it in errors.</param>
    /// <exception cref="RowException">It has no headings, or not those of the model's columns.</exception>
    public IEnumerable<TableRow> Predict(Stream csv, string source)
    {
        using var reader = new CsvRowReader(csv, source, predictor.Layout);
        long number = 0;
        foreach (var row in Predict(reader, source)) yield return row with { Row = ++number };
    }

    private IEnumerable<TableRow> Predict(CsvRowReader reader, string path)
    {
        var batch = new RowBatch(predictor.Layout, _batchSize);
        var outcomes = new List<string?>(_batchSize);
        for (var more = true; more;)
        {
            batch.Clear();
            outcomes.Clear();
            more = reader.Fill(batch, outcomes, _batchSize);
            var outputs = predictor.Run(batch);
            var good = 0;
            foreach (var error in outcomes)
            {
                if (error is not null) yield return new TableRow(path, null, null, null, error);
                else if (predictor.Target is not null) yield return new TableRow(path, null, null, outputs[good++], null);
                else yield return new TableRow(path, null, predictor.ToPrediction(outputs.AsSpan(good++ * predictor.OutputWidth, predictor.OutputWidth)), null, null);
            }
        }
    }

    private (CsvRowReader? Reader, string? Error) OpenRows(Stream stream, string path)
    {
        try
        {
            return (new CsvRowReader(stream, path, predictor.Layout), null);
        }
        catch (RowException exception)
        {
            return (null, exception.Message);
        }
    }
}
