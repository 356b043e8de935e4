using System.Text;
using CsvHelper;

namespace OnnxPipeline.Datasets.Formats;

/// <summary>How a CSV file is written. The defaults are those of a published dataset: commas, a row a line, nothing but fields.</summary>
internal sealed record CsvDialect
{
    /// <summary>Bounds what one stray quotation mark can swallow, and with it the memory that reading takes.</summary>
    public const int MaxRowBytes = 1 << 20;

    /// <summary>Null for the one of comma, semicolon, tab and bar that the first lines show.</summary>
    public char? Delimiter { get; init; } = ',';

    /// <summary>Null for UTF-8, or what a byte order mark says.</summary>
    public Encoding? Encoding { get; init; }

    /// <summary>Takes a file as users have it: line breaks in quotes, empty lines passed over, blanks around fields dropped.</summary>
    public bool Lenient { get; init; }

    public CsvReaderOptions ToOptions() => new()
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
