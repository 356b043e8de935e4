namespace OnnxPipeline.Runtime.Archives;

/// <summary>An archive of files that is read from its beginning, entry by entry; nothing of it is ever unpacked to disk.</summary>
public abstract class Archive
{
    /// <summary>The endings of archives' names, in any case.</summary>
    public static readonly IReadOnlyList<string> Extensions = [".zip", ".tar", ".tar.gz", ".tgz"];

    private static ReadOnlySpan<byte> Zip => [(byte)'P', (byte)'K', 3, 4];

    private static ReadOnlySpan<byte> EmptyZip => [(byte)'P', (byte)'K', 5, 6];

    /// <summary>What a refusal of links ends with: how to pack without them.</summary>
    public abstract string PackingHint { get; }

    /// <summary>The entries in the archive's order; each can be read until the next is asked for.</summary>
    /// <exception cref="Exception">It is damaged, or unpacks to more than any honest archive does. The type is the caller's.</exception>
    public abstract IEnumerable<ArchiveEntry> Entries();

    /// <summary>Whether the archive lists its entries in one place, so that they can be counted without reading all of it.</summary>
    public abstract bool HasDirectory { get; }

    public static bool IsNamedLikeOne(string path) => Extensions.Any(end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase));

    /// <summary>A zip by its first bytes (APPNOTE.TXT), else a tar.</summary>
    /// <param name="path">The file; it is opened once for this, and again for every reading of the entries.</param>
    /// <param name="openTar">Opens the uncompressed content of a tar, gzipped or not.</param>
    /// <param name="fault">Makes the error that reading ends with, of a message and what caused it: each room has its own.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static Archive Open(string path, Func<string, Stream> openTar, Func<string, Exception?, Exception> fault)
    {
        Span<byte> magic = stackalloc byte[4];
        using (var file = File.OpenRead(path)) file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        return magic.SequenceEqual(Zip) || magic.SequenceEqual(EmptyZip) ? new ZipFiles(path, fault) : new TarFiles(path, openTar, fault);
    }
}
