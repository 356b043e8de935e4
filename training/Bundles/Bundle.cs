using System.IO.Compression;
using OnnxPipeline.Models.Metadata.Bundles;

namespace OnnxPipeline.Training.Bundles;

/// <summary>The files with which a model is trained inside an app, on ONNX Runtime or onnxruntime-web alone.</summary>
/// <param name="Manifest">What they are.</param>
/// <param name="Files">Their bytes by name, the manifest's among them.</param>
public sealed record Bundle(BundleManifest Manifest, IReadOnlyDictionary<string, byte[]> Files)
{
    public const string ZipExtension = ".zip";

    /// <summary>Writes the files into a folder, which is made, or where the path ends in ".zip" into an archive.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(string path)
    {
        if (!path.EndsWith(ZipExtension, StringComparison.OrdinalIgnoreCase))
        {
            Directory.CreateDirectory(path);
            foreach (var (name, bytes) in Files) File.WriteAllBytes(Path.Combine(path, name), bytes);
            return;
        }
        using var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var (name, bytes) in Files)
        {
            var entry = archive.CreateEntry(name);
            // The same bundle is the same bytes, whenever it is made.
            entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
            using var stream = entry.Open();
            stream.Write(bytes);
        }
    }
}
