using OnnxPipeline.Pipeline.Reports;

namespace OnnxPipeline.Pipeline.Tests.Reports;

/// <summary>A browser on this machine.</summary>
internal static class Chromium
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>The program; null where there is none.</summary>
    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => System.IO.Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <summary>Why pages cannot be looked at here; null if they can.</summary>
    public static string? Unavailable { get; } =
        Path is null ? "needs Chromium: install the package chromium"
        : VegaLibrary.Embedded is null ? "needs the chart library: run pipeline/Reports/Vega/install.sh and build again"
        : null;
}

/// <summary>A test in a browser, skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute() => Skip = Chromium.Unavailable;
}
