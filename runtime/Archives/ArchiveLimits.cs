using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Runtime.Archives;

/// <summary>
/// What an archive may unpack to. Images are compressed already, so that an honest archive of them hardly shrinks; even bitmaps shrink
/// less than this, while a bomb of zeros shrinks to a thousandth.
/// </summary>
public static class ArchiveLimits
{
    private const int MaxRatio = 100;

    /// <summary>Small archives may shrink more: headers, a few drawings of one colour.</summary>
    private const long AlwaysAllowed = 64L << 20;

    /// <summary>Why a file of so many bytes is not read at all; null when it is.</summary>
    public static string? Refusal(long bytes) => Refusal(bytes, ImageLimits.Default);

    /// <summary>As <see cref="Refusal(long)"/>, with limits of one's own.</summary>
    public static string? Refusal(long bytes, ImageLimits limits) =>
        bytes == 0 ? "the file is empty."
        : bytes > limits.MaxBytes ? $"the file has {bytes:N0} bytes; an image may have {limits.MaxBytes:N0}."
        : null;

    /// <summary>Bytes that the archive at <paramref name="path"/> may unpack to, all files together.</summary>
    internal static long Unpacked(string path)
    {
        // Not FileInfo.Length, which is a link's own where the path is one.
        using var file = File.OpenHandle(path);
        return Math.Max(AlwaysAllowed, MaxRatio * RandomAccess.GetLength(file));
    }
}
