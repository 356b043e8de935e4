using System.Globalization;
using CsvHelper;

namespace OnnxPipeline.Datasets.Formats;

/// <summary>A row of a CSV file.</summary>
/// <param name="Source">Names the file in errors.</param>
/// <param name="Line">Where the row is, from 1.</param>
/// <param name="Fields">As they stand there.</param>
internal readonly record struct TableRow(string Source, long Line, IReadOnlyList<string> Fields)
{
    /// <summary>The whole number in column <paramref name="index"/>, from 0 here and from 1 in errors.</summary>
    /// <exception cref="DatasetFormatException">There is none in that range.</exception>
    public int Integer(int index, int min, int max) =>
        int.TryParse(Fields[index], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max ? value
            : throw new DatasetFormatException($"{Source}: line {Line}, column {index + 1}: '{Fields[index]}'; expected a whole number from {min} to {max}.");
}

/// <summary>Reads CSV without a header (RFC 4180), row by row.</summary>
internal static class CsvTable
{
    private static readonly CsvReaderOptions Options = new()
    {
        Separator = ',',
        HasHeader = false,
        SkipEmptyLines = false,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Throw,
        // Without a bound, one quotation mark could make the whole file a field.
        AllowLineBreaksInQuotes = false,
        MaxRecordSize = 1 << 20,
    };

    /// <summary>The rows, each of exactly <paramref name="columns"/> fields. <paramref name="source"/> names the file in errors.</summary>
    /// <exception cref="DatasetFormatException">A row has another number of fields, or the file is no CSV.</exception>
    public static IEnumerable<TableRow> Rows(Stream stream, string source, int columns)
    {
        using var reader = CsvReader.Create(stream, Options, leaveOpen: true);
        while (Next(reader, source))
        {
            var line = reader.LineNumber;
            if (reader.FieldCount != columns) throw new DatasetFormatException($"{source}: line {line}, column {Math.Min(reader.FieldCount, columns) + 1}: the row has {reader.FieldCount} comma-separated fields; expected {columns}.");
            yield return new TableRow(source, line, reader.Current.ToArray());
        }
    }

    private static bool Next(CsvReader reader, string source)
    {
        try
        {
            return reader.Read();
        }
        catch (CsvFormatException exception)
        {
            throw new DatasetFormatException($"{source}: line {exception.LineNumber}: no CSV: {exception.Message}", exception);
        }
    }
}
