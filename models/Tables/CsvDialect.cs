using System.Text;
using CsvHelper;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Models.Tables;

/// <summary>How a CSV file is written. The defaults are those of a published dataset: commas, a row a line, nothing but fields.</summary>
public sealed record CsvDialect
{
    /// <summary>Bounds what one stray quotation mark can swallow, and with it the memory that reading takes.</summary>
    public const int MaxRowBytes = 1 << 20;

    /// <summary>Null for the one of comma, semicolon, tab and bar that the first lines show.</summary>
    public char? Delimiter { get; init; } = ',';

    /// <summary>Null for UTF-8, or what a byte order mark says.</summary>
    public Encoding? Encoding { get; init; }

    /// <summary>Takes a file as users have it: line breaks in quotes, empty lines passed over, blanks around fields dropped.</summary>
    public bool Lenient { get; init; }

    /// <summary>A user's file of that format.</summary>
    public static CsvDialect Of(TableFormat format) => new()
    {
        Delimiter = format.Delimiter is { } delimiter ? delimiter[0] : null,
        Encoding = format.Encoding switch
        {
            TextEncoding.Latin1 => System.Text.Encoding.Latin1,
            TextEncoding.Utf16 => System.Text.Encoding.Unicode,
            _ => null,
        },
        Lenient = true,
    };

    internal CsvReaderOptions ToOptions() => new()
    {
        Separator = Delimiter,
        Encoding = Encoding,
        HasHeader = false,
        SkipEmptyLines = Lenient,
        TrimWhitespace = Lenient,
        AllowLineBreaksInQuotes = Lenient,
        DetectSeparatorHint = Lenient && Delimiter is null,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Throw,
        MaxRecordSize = MaxRowBytes,
    };
}
