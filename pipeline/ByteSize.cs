using System.Globalization;

namespace OnnxPipeline.Pipeline;

/// <summary>Numbers of bytes, for people.</summary>
internal static class ByteSize
{
    /// <summary>The unit of progress that is counted in bytes.</summary>
    public const string Unit = "bytes";

    private static readonly string[] Units = ["kB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>For example "512 bytes" or "47.1 MB", in powers of 1000 (SI).</summary>
    public static string Text(long bytes)
    {
        if (bytes < 1000) return $"{bytes} {Unit}";
        var scaled = bytes / 1000.0;
        var unit = 0;
        for (; scaled >= 999.95; unit++) scaled /= 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{scaled:0.0} {Units[unit]}");
    }
}
