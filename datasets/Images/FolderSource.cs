using System.Security.Cryptography;
using System.Text;
using OnnxPipeline.Runtime.Archives;

namespace OnnxPipeline.Datasets.Images;

/// <summary>A folder on disk. Links to files are followed; links to folders are refused, since they can lead in circles.</summary>
internal sealed class FolderSource(string path) : IImageSource
{
    /// <summary>One around everything, split, class, and one more to tell that it is too deep.</summary>
    private const int MaxDepth = 4;

    public string Path { get; } = path;

    public SourceListing List()
    {
        var names = new EntryNames(Path);
        List(new DirectoryInfo(Path), "", 0, names);
        return names.Listing;
    }

    public IEnumerable<SourceItem> Read(Func<string, bool> wanted) => List().Files.Where(wanted).Select(Read);

    /// <summary>Over every name, and the content of every image; what other files hold changes nothing.</summary>
    public string Fingerprint(CancellationToken cancellation)
    {
        var files = List().Files.Order(StringComparer.Ordinal).ToArray();
        var sums = new byte[files.Length][];
        Parallel.For(0, files.Length, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
            sums[i] = ImageLayout.IsImage(files[i]) && Read(files[i]).Bytes is { } bytes ? SHA256.HashData(bytes) : []);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < files.Length; i++)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{files[i]}\n{Convert.ToHexStringLower(sums[i])}\n"));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private void List(DirectoryInfo folder, string prefix, int depth, EntryNames names)
    {
        FileSystemInfo[] entries;
        try
        {
            entries = folder.GetFileSystemInfos();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DatasetSourceException($"{folder.FullName} cannot be read: {exception.Message}", exception);
        }
        foreach (var entry in entries.OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            var name = prefix + entry.Name;
            if (names.Clean(name) is null) continue;
            if (entry is not DirectoryInfo inner)
            {
                names.AddFile(name);
                continue;
            }
            if (inner.LinkTarget is not null) throw new DatasetFormatException($"{Path}: '{name}' is a link to a folder; expected folders and files only, since such links can lead in circles.");
            names.AddFolder(name);
            if (depth < MaxDepth) List(inner, name + "/", depth + 1, names);
        }
    }

    private SourceItem Read(string name)
    {
        try
        {
            var file = new FileInfo(System.IO.Path.Combine(Path, name));
            if (file.LinkTarget is not null) file = (FileInfo)file.ResolveLinkTarget(returnFinalTarget: true)!;
            // Pipes and devices say that they are empty, too; opening one could wait for ever.
            if (ArchiveLimits.Refusal(file.Length) is { } refusal) return new SourceItem(name, null, refusal);
            return new SourceItem(name, File.ReadAllBytes(file.FullName), null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new SourceItem(name, null, $"the file cannot be read: {exception.Message}");
        }
    }
}
