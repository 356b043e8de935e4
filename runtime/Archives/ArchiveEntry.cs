using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Runtime.Archives;

/// <summary>What an entry of an archive is.</summary>
public enum ArchiveEntryKind
{
    File,
    Folder,

    /// <summary>A link, a device, or anything else that images are not in.</summary>
    Other,
}

/// <summary>One entry of an archive, which can be read until the next is asked for.</summary>
/// <param name="name">As the archive has it, unchecked: see <see cref="EntryName"/>.</param>
/// <param name="kind">What it is.</param>
/// <param name="kindName">What the format calls that, for messages.</param>
/// <param name="length">Bytes that the archive states.</param>
/// <param name="read">Reads the content, of which nothing was refused.</param>
public sealed class ArchiveEntry(string name, ArchiveEntryKind kind, string kindName, long length, Func<ArchiveContent> read)
{
    public string Name { get; } = name;

    public ArchiveEntryKind Kind { get; } = kind;

    /// <summary>What the format calls it, for example "SymbolicLink".</summary>
    public string KindName { get; } = kindName;

    public long Length { get; } = length;

    /// <summary>Reads no more than the archive states, and nothing of what is beyond the limits.</summary>
    /// <exception cref="Exception">The archive cannot be read any further. The type is the caller's.</exception>
    public ArchiveContent Read(ImageLimits limits) => ArchiveLimits.Refusal(Length, limits) is { } refusal ? new ArchiveContent(null, refusal) : read();
}

/// <summary>What an entry holds.</summary>
/// <param name="Bytes">Its content; null when it cannot be read.</param>
/// <param name="Fault">Why it cannot be read; null when it can.</param>
public readonly record struct ArchiveContent(byte[]? Bytes, string? Fault);
