using OnnxPipeline.Datasets.Tables;

namespace OnnxPipeline.Datasets;

/// <summary>Looks at a user's table without making a dataset of it.</summary>
public static class TableInspector
{
    /// <summary>The headings of its columns.</summary>
    /// <exception cref="DatasetSourceException">There is no such file.</exception>
    /// <exception cref="DatasetFormatException">It is no table.</exception>
    public static IReadOnlyList<string> Headings(CsvOptions options)
    {
        using var file = CsvFile.Open(options);
        return file.Headings;
    }

    /// <summary>Reads it through once, and says what it holds.</summary>
    /// <param name="data">Options for the dataset "csv".</param>
    /// <param name="seed">The seed of the split.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    /// <exception cref="DatasetSourceException">There is no such file.</exception>
    /// <exception cref="DatasetFormatException">It is no table as the options describe it.</exception>
    public static TableSummary Summarize(DataOptions data, ulong seed, CancellationToken cancellation = default)
    {
        var faults = data.Validate();
        if (faults.Count > 0) throw new ArgumentException(string.Join("\n", faults), nameof(data));
        return CsvDataset.Summarize(data, seed, cancellation);
    }
}
