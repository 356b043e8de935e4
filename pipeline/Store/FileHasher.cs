using System.Buffers;
using System.Security.Cryptography;

namespace OnnxPipeline.Pipeline.Store;

/// <summary>SHA-256 of files, streamed.</summary>
internal static class FileHasher
{
    private const int BufferSize = 1 << 20;

    /// <summary>The hash in lower-case hexadecimal.</summary>
    public static string Hash(string path)
    {
        using var handle = File.OpenHandle(path, options: FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        long offset = 0;
        for (int read; (read = RandomAccess.Read(handle, buffer, offset)) > 0; offset += read) hash.AppendData(buffer, 0, read);
        ArrayPool<byte>.Shared.Return(buffer);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Flushes every file of a folder to disk, but what was measured, and describes it; files in order of their paths.</summary>
    /// <exception cref="StoreException">There is no file, or something that is no plain file.</exception>
    public static IReadOnlyList<ArtifactFile> FlushAndHash(string folder)
    {
        var files = new List<ArtifactFile>();
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(folder, entry.FullName).Replace('\\', '/');
            if (entry.LinkTarget is not null) throw new StoreException($"The stage left the link '{relative}' in its output; an artifact holds plain files only.");
            if (entry is DirectoryInfo) continue;
            if (relative == ArtifactManifest.FileName) throw new StoreException($"The stage wrote '{relative}', a name the store keeps for itself; call it something else.");
            else if (relative != ArtifactManifest.MeasuredFileName) files.Add(Describe(entry.FullName, relative));
        }
        if (files.Count == 0) throw new StoreException("The stage left no file in its output folder; an artifact needs at least one.");
        return [.. files.OrderBy(f => f.Path, StringComparer.Ordinal)];
    }

    private static ArtifactFile Describe(string path, string relative)
    {
        using (var handle = File.OpenHandle(path, access: FileAccess.ReadWrite)) RandomAccess.FlushToDisk(handle);
        return new ArtifactFile(relative, new FileInfo(path).Length, Hash(path));
    }
}
