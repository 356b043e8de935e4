using System.Security.Cryptography;
using System.Text;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Cluster.Kinds;

/// <summary>The images of a folder run as they were when it was handed in: a path a line. Every shard takes its part of the same list, whatever comes and goes in the folder.</summary>
internal sealed class ImageList : IDisposable
{
    private readonly string _path;

    private ImageList(string path, string hash)
    {
        _path = path;
        Hash = hash;
    }

    /// <summary>SHA-256 of the list, in lower-case hexadecimal.</summary>
    public string Hash { get; }

    /// <summary>Writes a list to a temporary file below a folder.</summary>
    /// <exception cref="UsageException">A path has a line feed in it.</exception>
    /// <exception cref="StoreException">The folder cannot be written to.</exception>
    public static ImageList Write(IEnumerable<string> paths, string folder)
    {
        var path = Path.Combine(folder, $".images-{Guid.NewGuid():n}");
        try
        {
            Directory.CreateDirectory(folder);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using (var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                foreach (var image in paths)
                {
                    if (image.AsSpan().ContainsAny('\n', '\r')) throw new UsageException($"The path '{image.ReplaceLineEndings("\\n")}' has a line feed in it, so that it cannot stand in a list of paths; rename the file, or leave --executor out.");
                    var line = Encoding.UTF8.GetBytes(image + "\n");
                    hash.AppendData(line);
                    stream.Write(line);
                }
            }
            return new ImageList(path, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        catch (Exception exception)
        {
            File.Delete(path);
            if (exception is not UsageException && StoreException.Explain(exception, folder) is { } explained) throw explained;
            throw;
        }
    }

    public void MoveTo(string path) => File.Move(_path, path, overwrite: true);

    public void Dispose() => File.Delete(_path);
}
