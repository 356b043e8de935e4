using System.Text.Json;
using OnnxPipeline.Inference.Results;

namespace OnnxPipeline.Inference.Folders;

/// <summary>What became of one image: a prediction, or why there is none, or why it could not be moved.</summary>
public sealed record FolderRow(string Path, Prediction? Prediction, string? Error) : ResultRow(Prediction, null, Error)
{
    /// <summary>Where its file is now; null where it was not moved.</summary>
    public string? MovedTo { get; init; }

    /// <summary>Cells of the table's row that named it, by heading; null where no table did.</summary>
    public IReadOnlyDictionary<string, string>? Fields { get; init; }

    public override string Key => Path;

    internal override void WriteKey(Utf8JsonWriter json) => json.WriteString("path", Path);
}
