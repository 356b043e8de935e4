using System.Globalization;
using System.Text;
using System.Text.Unicode;
using CsvHelper;

namespace OnnxPipeline.Models.Tables;

/// <summary>Reads CSV (RFC 4180) row by row, fields as UTF-8 bytes that are valid until the next row. Errors name the file, the line and the column, both from 1.</summary>
/// <param name="stream">The content; not closed.</param>
/// <param name="source">Names the file in errors.</param>
/// <param name="dialect">How it is written.</param>
/// <param name="fault">Makes the error that reading ends with, of a message and what caused it: each room has its own.</param>
public sealed class CsvRecords(Stream stream, string source, CsvDialect dialect, Func<string, Exception?, Exception> fault) : IDisposable
{
    /// <summary>What of a field an error shows.</summary>
    private const int ShownBytes = 60;

    private readonly CsvReader _reader = CsvReader.Create(stream, dialect.ToOptions(), leaveOpen: true);

    /// <summary>What errors call the columns, where they have names.</summary>
    public IReadOnlyList<string> Headings { get; set; } = [];

    public long Line => _reader.LineNumber;

    /// <summary>Fields of the row.</summary>
    public int Count => _reader.FieldCount;

    /// <exception cref="Exception">The file cannot be read. The type is the caller's.</exception>
    public char Delimiter => Guard(() => _reader.Separator);

    /// <summary>Whether there may be rows behind one that could not be read: not behind damaged gzip data, nor one whose end was not found.</summary>
    public bool CanGoOn { get; private set; } = true;

    /// <summary>Unquoted.</summary>
    public ReadOnlySpan<byte> this[int column] => _reader.GetSpan(column);

    /// <summary>Goes to the next row; false after the last.</summary>
    /// <exception cref="Exception">It is no CSV, or no text. The type is the caller's.</exception>
    public bool Read()
    {
        try
        {
            if (!_reader.Read()) return false;
        }
        catch (Exception exception) when (Translate(exception) is { } error)
        {
            throw error;
        }
        var row = _reader.Current.RawRecord;
        if (row.Contains((byte)0)) throw Error(ColumnWhere(field => field.Contains((byte)0)), "there is a NUL character; expected text. Is it UTF-16, which an encoding must say, or no CSV file at all?");
        if (!Utf8.IsValid(row)) throw Error(ColumnWhere(field => !Utf8.IsValid(field)), "the bytes are no UTF-8. Convert the file, or name its encoding.");
        return true;
    }

    /// <exception cref="Exception">The row has another number of fields. The type is the caller's.</exception>
    public void Expect(int columns)
    {
        if (Count != columns) throw Error(Math.Min(Count, columns), $"the row has {Count} field{(Count == 1 ? "" : "s")} separated by {Name(_reader.Separator)}; expected {columns}.");
    }

    /// <summary>The whole number in column <paramref name="column"/>, from 0 here.</summary>
    /// <exception cref="Exception">There is none in that range. The type is the caller's.</exception>
    public int Integer(int column, int min, int max) =>
        int.TryParse(this[column], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max ? value
            : throw Error(column, $"'{Shown(column)}'; expected a whole number from {min} to {max}.");

    public string Text(int column) => Encoding.UTF8.GetString(this[column]);

    /// <summary>The field as an error shows it: not longer than a line.</summary>
    public string Shown(int column) => Shown(this[column]);

    public static string Shown(ReadOnlySpan<byte> field) => field.Length <= ShownBytes ? Encoding.UTF8.GetString(field) : $"{Encoding.UTF8.GetString(field[..ShownBytes]).TrimEnd('\uFFFD')}…";

    /// <param name="column">From 0.</param>
    /// <param name="problem">What was found, what was expected, what to do.</param>
    public Exception Error(int column, string problem) => Fault($"{source}: line {Line}, {ColumnName(column)}: {problem}");

    /// <summary>An error of the whole file; the message names it.</summary>
    public Exception Fault(string message) => fault(message, null);

    /// <summary>For example "column 3 'age'", from 1.</summary>
    public string ColumnName(int column) => column < Headings.Count ? $"column {column + 1} '{Headings[column]}'" : $"column {column + 1}";

    public void Dispose() => _reader.Dispose();

    /// <summary>What errors call a delimiter.</summary>
    public static string Name(char delimiter) => delimiter switch
    {
        ',' => "commas",
        ';' => "semicolons",
        '\t' => "tabs",
        '|' => "bars",
        _ => $"'{delimiter}'",
    };

    private delegate bool FieldTest(ReadOnlySpan<byte> field);

    private int ColumnWhere(FieldTest test)
    {
        for (var i = 0; i < Count; i++)
        {
            if (test(this[i])) return i;
        }
        return 0;
    }

    /// <summary>The library has one exception for all faults of form.</summary>
    private static bool IsTooLong(CsvFormatException exception) => exception.Message.Contains(nameof(CsvReaderOptions.MaxRecordSize), StringComparison.Ordinal);

    private T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (Translate(exception) is { } error)
        {
            throw error;
        }
    }

    private Exception? Translate(Exception exception)
    {
        CanGoOn = exception is CsvFormatException format && !IsTooLong(format);
        return Fault(exception);
    }

    private Exception? Fault(Exception exception) => exception switch
    {
        CsvFormatException csv when IsTooLong(csv) =>
            fault($"{source}: line {csv.LineNumber}: no CSV: the row that begins here is longer than {CsvDialect.MaxRowBytes:N0} bytes. Is a quotation mark never closed, or is it another file?", csv),
        CsvFormatException csv => fault($"{source}: line {csv.LineNumber}: no CSV: {csv.Message} Close the quotation mark, or double one that is part of a value.", csv),
        InvalidDataException => fault($"{source}: corrupt gzip data: {exception.Message} Get the file again.", exception),
        _ => null,
    };
}
