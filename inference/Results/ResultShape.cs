namespace OnnxPipeline.Inference.Results;

/// <summary>What the rows of a run have.</summary>
/// <param name="Key">What tells a row from the others: "path" or "row".</param>
/// <param name="Labels">Class names; empty where rows have a value.</param>
public sealed record ResultShape(string Key, IReadOnlyList<string> Labels)
{
    /// <summary>Rows of images.</summary>
    public const string Path = "path";

    /// <summary>Rows of a table, by their number.</summary>
    public const string Row = "row";

    internal bool HasClasses => Labels.Count > 0;
}
