using System.Text.Encodings.Web;
using System.Text.Json;

namespace OnnxPipeline.Export.Packaging;

/// <summary>The model, its labels, and what is known of it.</summary>
internal sealed class FolderPackage : IPackageWriter
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Write(PackageSource source, string folder)
    {
        source.CopyModel(Path.Combine(folder, "model.onnx"));
        source.CopyCompanions(folder);
        WriteLabels(source.Metadata.Labels, Path.Combine(folder, "labels.json"));
        return "`model.onnx` runs in any ONNX Runtime and says in its own metadata (`pipeline.*`) how its input is prepared; `labels.json` lists the class names by index.";
    }

    private static void WriteLabels(IReadOnlyList<string> labels, string path)
    {
        using var file = File.Create(path);
        using var json = new Utf8JsonWriter(file, Readable);
        json.WriteStartArray();
        foreach (var label in labels) json.WriteStringValue(label);
        json.WriteEndArray();
    }
}
