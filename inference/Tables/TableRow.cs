using System.Text.Json;
using OnnxPipeline.Inference.Results;

namespace OnnxPipeline.Inference.Tables;

/// <summary>What became of one row of a table: a class, a value, or why there is neither.</summary>
/// <param name="Path">The file it is of.</param>
/// <param name="Row">Its number from 1, counted over all files, bad rows included; null where a whole file cannot be read.</param>
/// <param name="Prediction">What a classifier says of it.</param>
/// <param name="Value">What a regression says of it, in the target's unit.</param>
/// <param name="Error">What is wrong with it, with its file and line; null for a good one.</param>
public sealed record TableRow(string Path, long? Row, Prediction? Prediction, float? Value, string? Error) : ResultRow(Prediction, Value, Error)
{
    public override string Key => Row?.ToString() ?? Path;

    internal override void WriteKey(Utf8JsonWriter json)
    {
        if (Row is { } row) json.WriteNumber("row", row);
        else json.WriteString("path", Path);
    }
}
