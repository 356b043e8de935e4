using System.Globalization;

namespace OnnxPipeline.Inference.Server.Models;

/// <summary>A folder laid out as Triton has it, NAME/VERSION/model.onnx with versions from 1; whatever else lies in it is left alone.</summary>
internal static class ModelRepository
{
    private const string ModelFile = "model.onnx";

    /// <summary>What it holds now, by name, then version.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static IReadOnlyList<ModelSource> Scan(string folder) =>
    [
        .. from model in Directory.EnumerateDirectories(folder)
           let name = Path.GetFileName(model)
           where ModelName.IsValid(name)
           from version in Directory.EnumerateDirectories(model)
           let number = long.TryParse(Path.GetFileName(version), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0
           let path = Path.Combine(version, ModelFile)
           where number > 0 && File.Exists(path)
           orderby name, number
           select new ModelSource(name, number, path),
    ];
}
