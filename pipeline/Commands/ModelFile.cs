using OnnxPipeline.Export;
using OnnxPipeline.Models;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>Reads a model file that a command line names.</summary>
internal static class ModelFile
{
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">It is no ONNX model.</exception>
    public static Model Read(string given, CliServices services)
    {
        var path = PathOf(given, services);
        return File.Exists(path) ? Model.Load(path) : throw new UsageException($"There is no model file '{given}'.");
    }

    /// <summary>As <see cref="Read"/>, and the graph must be sound.</summary>
    /// <exception cref="ModelFormatException">It is no ONNX model, or its graph is not well formed; the message lists every fault.</exception>
    public static Model ReadSound(string given, CliServices services)
    {
        var model = Read(given, services);
        return ModelInspector.Problems(model) is { Count: > 0 } problems
            ? throw new ModelFormatException($"{given}: {string.Join(Environment.NewLine + "  ", problems)}")
            : model;
    }

    public static string PathOf(string given, CliServices services) => Path.GetFullPath(given, services.Folder);

    /// <summary>Bytes of the file and of those beside it that hold its weights.</summary>
    public static long Bytes(string path, Model model) => new FileInfo(path).Length
        + model.ExternalFiles.Sum(file => new FileInfo(Path.Combine(Path.GetDirectoryName(path)!, file)).Length);
}
