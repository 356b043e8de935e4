using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Datasets.Images;

/// <summary>
/// What an archive may unpack to. Images are compressed already, so that an honest archive of them hardly shrinks; even bitmaps shrink
/// less than this, while a bomb of zeros shrinks to a thousandth.
/// </summary>
internal static class ArchiveLimits
{
    private const int MaxRatio = 100;

    /// <summary>Small archives may shrink more: headers, a few drawings of one colour.</summary>
    private const long AlwaysAllowed = 64L << 20;

    /// <summary>Bytes that the archive at <paramref name="path"/> may unpack to, all files together.</summary>
    public static long Unpacked(string path)
    {
        // Not FileInfo.Length, which is a link's own where the path is one.
        using var file = File.OpenHandle(path);
        return Math.Max(AlwaysAllowed, MaxRatio * RandomAccess.GetLength(file));
    }

    /// <summary>Why a file of so many bytes is not read at all; null when it is.</summary>
    public static string? Refusal(long bytes) =>
        bytes == 0 ? "the file is empty."
        : bytes > ImageLimits.Default.MaxBytes ? $"the file has {bytes:N0} bytes; an image may have {ImageLimits.Default.MaxBytes:N0}."
        : null;
}
