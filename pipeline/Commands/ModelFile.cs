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

    /// <summary>As <see cref="ReadSound"/>, and the model must be of float32 throughout, since what is done to it is done once.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">It is no sound model, or quantised already.</exception>
    public static Model ReadFloat(string given, CliServices services)
    {
        var model = ReadSound(given, services);
        return ModelInspector.Quantization(model) is { Count: > 0 } found
            ? throw new ModelFormatException($"{given}: is quantised already ({string.Join("; ", found)}). Give the float32 model that it was made from.")
            : model;
    }

    /// <summary>The file that a command writes in place of none or <paramref name="output"/>; never the model itself unless that is allowed.</summary>
    /// <param name="given">The model, as the command line names it.</param>
    /// <param name="model">The model, whose weights may lie in files of their own.</param>
    /// <param name="output">What the command line says; null for <paramref name="given"/> with another extension.</param>
    /// <param name="extension">That extension, for example ".optimized.onnx".</param>
    /// <param name="services">The command line's world.</param>
    /// <param name="overwrite">Whether the result may be the model itself.</param>
    /// <param name="permission">The option that allows it, for the error; null where none does.</param>
    /// <exception cref="UsageException">It is the model, or its folder is not there.</exception>
    public static string Target(string given, Model model, string? output, string extension, CliServices services, bool overwrite = false, string? permission = null)
    {
        var source = PathOf(given, services);
        var target = output is null ? Path.ChangeExtension(source, extension) : PathOf(output, services);
        if (target == source && !overwrite) throw new UsageException($"--out is the model itself, '{given}'. Name another file{(permission is null ? "" : $", or give {permission}")}.");
        if (model.ExternalFiles.Any(file => Path.Combine(Path.GetDirectoryName(source)!, file) == target)) throw new UsageException($"--out is '{Path.GetFileName(target)}', which holds the weights of '{given}'. Name another file.");
        if (Directory.Exists(target)) throw new UsageException($"--out is '{output}', a folder; name a file.");
        return Directory.Exists(Path.GetDirectoryName(target)) ? target : throw new UsageException($"There is no folder '{Path.GetDirectoryName(target)}' for --out.");
    }

    /// <summary>Bytes of the file and of those beside it that hold its weights.</summary>
    public static long Bytes(string path, Model model) => new FileInfo(path).Length
        + model.ExternalFiles.Sum(file => new FileInfo(Path.Combine(Path.GetDirectoryName(path)!, file)).Length);
}
