using OnnxPipeline.Datasets.Sources;
using OnnxPipeline.Datasets.Splits;
using OnnxPipeline.Models.Tables;

namespace OnnxPipeline.Datasets.Tables;

/// <summary>A user's own table, of any size: read once to see what it holds, and again to write it.</summary>
internal static class CsvDataset
{
    public const string Name = "csv";

    public static DatasetDefinition Definition { get; } = new()
    {
        Name = Name,
        Summary = "Your own CSV or TSV file: columns of numbers, words and dates; classes or a number to predict",
        Source = "data.csv.path",
        Mirrors = [],
        Files = [],
        Write = Write,
        Deciding = options => options with { Csv = options.Csv! with { Path = Path.GetFileName(options.Csv.Path) } },
        Fingerprint = (options, cancellation) => SourceFingerprint.OfFile(options.Csv!.Path, cancellation),
    };

    /// <summary>Reads the table once, and says what it holds.</summary>
    /// <param name="data">Options with <see cref="DataOptions.Csv"/>, without faults.</param>
    /// <param name="seed">The seed of the split.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static TableSummary Summarize(DataOptions data, ulong seed, CancellationToken cancellation)
    {
        var options = data.Csv!;
        var profile = CsvProfile.Read(options, data.Validation, seed, cancellation);
        var schema = TableSchema.Of(profile, options);
        var classes = profile.Task == TableTask.Regression ? [] : profile.Classes.Ordered();
        return new TableSummary
        {
            Path = options.Path,
            Delimiter = CsvRecords.Name(profile.Delimiter),
            Rows = profile.Rows,
            Skipped = profile.Skipped,
            Parts = [.. Enum.GetValues<RowPart>().Select(part => profile.CountsOf(part).Sum())],
            Target = options.Target,
            Task = profile.Task,
            Classes = [.. classes.Select(number => new WordCount(profile.Classes[number], profile.Classes.Counts[number]))],
            Columns = [.. schema.Columns.Select(c => c.Summarize())],
            Notes = SchemaNotes.Of(profile, schema, options),
        };
    }

    private static void Write(DatasetReading reading, string folder)
    {
        var options = reading.Options.Csv!;
        var profile = CsvProfile.Read(options, reading.Options.Validation, reading.Seed, reading.Cancellation);
        if (profile.Task == TableTask.Classification && profile.Classes.Count == 1)
            throw new DatasetFormatException($"{options.Path}: the target '{options.Target}' is '{profile.Classes[0]}' in all {profile.Rows:N0} rows; expected two classes or more.");
        new CsvArtifact(reading, profile, TableSchema.Of(profile, options)).Write(folder);
    }
}
