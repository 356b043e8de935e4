using System.Collections.Concurrent;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.OnDevice;

namespace OnnxPipeline.Inference.Server.Teaching;

/// <summary>The bundles with which the page trains models in the browser: one that is named, or, where the page may have models' files, one beside the model's.</summary>
internal sealed class TeachingBundles(ServerOptions options)
{
    /// <summary>What a recipe's export calls it.</summary>
    private const string FileName = "on-device.zip";

    private readonly ConcurrentDictionary<string, (FileStamp Stamp, BundleFiles Files)> _read = new(StringComparer.Ordinal);

    /// <summary>The bundle of a model, read anew when its file has changed; null where there is none, or none is given out.</summary>
    /// <exception cref="OnDeviceException">It is damaged.</exception>
    public BundleFiles? Find(ModelSource source)
    {
        var path = source.Bundle ?? (options.BrowserModel ? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(source.Path))!, FileName) : null);
        if (path is null || StampOf(path) is not { } stamp) return null;
        if (_read.TryGetValue(path, out var known) && known.Stamp == stamp) return known.Files;
        var files = new BundleFiles(path);
        _read[path] = (stamp, files);
        return files;
    }

    /// <summary>Of a folder, that of its manifest, which holds the sums of the other files.</summary>
    private static FileStamp? StampOf(string path) => FileStamp.Of(Directory.Exists(path) ? Path.Combine(path, BundleFiles.ManifestName) : path);
}
