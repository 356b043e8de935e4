using System.Security.Cryptography;
using System.Text;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Runtime.Archives;

namespace OnnxPipeline.Pipeline.Cluster.Kinds;

/// <summary>The images of a folder run as they were when it was handed in: a path a line. Every shard takes its part of them, whatever comes and goes in the folder.</summary>
internal sealed class ImageList : IDisposable
{
    private readonly string _path;

    private readonly bool _hasArchives;

    private ImageList(string path, string hash, bool hasArchives)
    {
        (_path, _hasArchives) = (path, hasArchives);
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
            var hasArchives = false;
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using (var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                foreach (var image in paths)
                {
                    if (image.AsSpan().ContainsAny('\n', '\r')) throw new UsageException($"The path '{image.ReplaceLineEndings("\\n")}' has a line feed in it, so that it cannot stand in a list of paths; rename the file, or leave --executor out.");
                    hasArchives |= Archive.IsNamedLikeOne(image);
                    var line = Encoding.UTF8.GetBytes(image + "\n");
                    hash.AppendData(line);
                    stream.Write(line);
                }
            }
            return new ImageList(path, Convert.ToHexStringLower(hash.GetHashAndReset()), hasArchives);
        }
        catch (Exception exception)
        {
            File.Delete(path);
            if (exception is not UsageException && StoreException.Explain(exception, folder) is { } explained) throw explained;
            throw;
        }
    }

    /// <summary>
    /// Puts the list into a job's folder, a file a shard, so that a shard looks at no image but its own. The images of an archive are shared out
    /// by those who read it; with archives among them all shards have the one list.
    /// </summary>
    /// <exception cref="StoreException">The folder cannot be written to.</exception>
    public void ShareOut(JobFolder folder, int shards)
    {
        try
        {
            if (_hasArchives) File.Move(_path, folder.File(PredictTasks.ListFile), overwrite: true);
            else Divide(folder, shards);
        }
        catch (Exception exception) when (StoreException.Explain(exception, folder.Path) is { } explained)
        {
            throw explained;
        }
    }

    public void Dispose() => File.Delete(_path);

    private void Divide(JobFolder folder, int shards)
    {
        Directory.CreateDirectory(folder.File(PredictTasks.ListFolder));
        var parts = new List<StreamWriter>();
        try
        {
            foreach (var shard in Enumerable.Range(1, shards)) parts.Add(new StreamWriter(folder.File(PredictTasks.ListOf(shard))));
            foreach (var (place, image) in File.ReadLines(_path).Index()) parts[place % shards].Write(image + '\n');
        }
        finally
        {
            foreach (var part in parts) part.Dispose();
        }
    }
}
