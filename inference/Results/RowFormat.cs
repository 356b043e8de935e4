namespace OnnxPipeline.Inference.Results;

/// <summary>How rows are written.</summary>
public enum RowFormat
{
    /// <summary>Columns for people: what the row is of, then each class with its probability, or the value.</summary>
    Text,

    /// <summary>CSV (RFC 4180) with a header.</summary>
    Csv,

    /// <summary>JSON Lines: an object a row. What a row does not have, an error for example, is left out.</summary>
    JsonLines,
}
