using System.Globalization;
using OnnxPipeline.Inference.Server.Models.Configuration;

namespace OnnxPipeline.Inference.Server.Models;

/// <summary>A folder laid out as Triton has it, NAME/VERSION/model.onnx with versions from 1, and adapters in NAME/VERSION/adapters; whatever else lies in it is left alone.</summary>
internal static class ModelRepository
{
    private const string ModelFile = "model.onnx";
    private const string AdapterFolder = "adapters";

    /// <summary>What it holds now and is to be served, by name, then version.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static IReadOnlyList<ModelSource> Scan(string folder) =>
    [
        .. from model in Directory.EnumerateDirectories(folder)
           let name = Path.GetFileName(model)
           where ModelName.IsValid(name)
           from source in Versions(name, model)
           orderby source.Name, source.Version
           select source,
    ];

    private static IEnumerable<ModelSource> Versions(string name, string folder)
    {
        var config = Path.Combine(folder, TritonConfig.FileName);
        var found = from version in Directory.EnumerateDirectories(folder)
                    let number = long.TryParse(Path.GetFileName(version), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0
                    let path = Path.Combine(version, ModelFile)
                    where number > 0 && File.Exists(path)
                    select new ModelSource(name, number, path, config) { Adapters = AdapterSource.None with { Folder = Path.Combine(version, AdapterFolder) } };
        var sources = found.ToDictionary(source => source.Version);
        return Chosen(config, sources.Keys).Select(version => sources[version]);
    }

    /// <summary>A file that cannot be read chooses none away: loading a version then says what is wrong with it.</summary>
    private static IEnumerable<long> Chosen(string config, IEnumerable<long> versions)
    {
        try
        {
            return TritonConfig.Read(config).Choose(versions);
        }
        catch (ModelException)
        {
            return versions;
        }
    }
}
