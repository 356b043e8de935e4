namespace OnnxPipeline.Tests;

/// <summary>A browser on this machine.</summary>
internal static class Chromium
{
    /// <summary>Why pages cannot be looked at where there is none.</summary>
    public const string Missing = "needs Chromium: install the package chromium";

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>The program; null where there is none.</summary>
    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => System.IO.Path.Combine(folder, name))).FirstOrDefault(File.Exists);
}
