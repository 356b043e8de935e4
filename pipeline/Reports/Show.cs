using System.Globalization;

namespace OnnxPipeline.Pipeline.Reports;

/// <summary>Numbers as pages show them.</summary>
internal static class Show
{
    private const string None = "–";

    /// <summary>For example "92.87 %".</summary>
    public static string Percent(double? share) => share is { } s && double.IsFinite(s) ? string.Create(CultureInfo.InvariantCulture, $"{100 * s:0.00} %") : None;

    /// <summary>For example "93 %".</summary>
    public static string WholePercent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} %");

    /// <summary>Four significant digits or so.</summary>
    public static string Number(double? value) => value is { } v && double.IsFinite(v) ? v.ToString("G5", CultureInfo.InvariantCulture) : None;

    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>For example "4.2 s" or "2 min 50 s".</summary>
    public static string Duration(double seconds) => seconds < 60
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s")
        : seconds < 3600
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds / 60):0} min {seconds % 60:0} s")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds / 3600):0} h {seconds % 3600 / 60:0} min");
}
