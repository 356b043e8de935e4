using OnnxPipeline.Export;
using OnnxPipeline.Inference;
using OnnxPipeline.Inference.Tables;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Tables;

namespace OnnxPipeline.Pipeline.Commands.Samples;

/// <summary>Rows of a CSV or TSV file as the samples of a model that was trained on such a table, read as "predict" reads them.</summary>
internal static class TableFile
{
    private static readonly string[] Extensions = [".csv", ".tsv", ".csv.gz", ".tsv.gz"];

    public static bool IsNamedLikeOne(string path) => Extensions.Any(end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase));

    /// <summary>The first good rows, each column an input.</summary>
    /// <param name="path">The file.</param>
    /// <param name="modelPath">The model, which says what its columns are.</param>
    /// <param name="limit">How many rows at most.</param>
    /// <param name="notes">Is told of rows that were passed over.</param>
    /// <exception cref="ModelException">The model's metadata describe no table.</exception>
    /// <exception cref="RowException">The file's columns are not the model's.</exception>
    /// <exception cref="UsageException">It has no good row.</exception>
    public static HeldOutSamples Read(string path, string modelPath, int limit, TextWriter notes)
    {
        using var predictor = TablePredictor.Open(modelPath);
        using var stream = CompressedFile.OpenRead(path);
        using var reader = new CsvRowReader(stream, path, predictor.Layout);
        var (batch, outcomes) = (new RowBatch(predictor.Layout, limit), new List<string?>());
        // A bad row takes no room in the batch.
        while (batch.Count < limit && reader.Fill(batch, outcomes, outcomes.Count + limit - batch.Count)) { }
        var bad = outcomes.OfType<string>().ToArray();
        if (batch.Count == 0) throw new UsageException($"{path}: there is no row that the model takes. {bad.FirstOrDefault() ?? "It is empty."}");
        if (bad.Length > 0) notes.WriteLine($"note: {bad.Length} bad rows were passed over, the first of them: {bad[0]}");
        return HeldOutSamples.Of(
        [
            .. Columns(predictor.Numbers, batch.Numbers, batch.Count, (name, values, dims) => Initializer.Create<float>(name, values, dims)),
            .. Columns(predictor.Categories, batch.Categories, batch.Count, (name, values, dims) => Initializer.OfStrings(name, values, dims)),
        ]);
    }

    private static Initializer[] Columns<T>(IReadOnlyList<string> names, ReadOnlySpan<T> rows, int count, Func<string, T[], long[], Initializer> make)
    {
        var all = rows.ToArray();
        return [.. names.Select((name, column) => make(name, [.. Enumerable.Range(0, count).Select(row => all[row * names.Count + column])], [count, 1]))];
    }
}
