using System.Text.Json;
using OnnxPipeline.Inference.Results;

namespace OnnxPipeline.Inference.Folders;

/// <summary>What became of one image: a prediction, or why there is none.</summary>
public sealed record FolderRow(string Path, Prediction? Prediction, string? Error) : ResultRow(Prediction, null, Error)
{
    public override string Key => Path;

    internal override void WriteKey(Utf8JsonWriter json) => json.WriteString("path", Path);
}
