namespace OnnxPipeline.Examples.Tests;

/// <summary>The checkout that these tests were built in, and what was brought to this machine.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>ONNX Runtime's packages, where the feed has none of that version and set-up made them; null elsewhere.</summary>
    public static string? LocalFeed { get; } = Path.Combine(Root, ".deps", "feed") is var feed && Directory.Exists(feed) ? feed : null;

    /// <summary>An example's assembly, built with these tests.</summary>
    public static string Built(string project) => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", project, Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)), $"{project}.dll"));

    /// <summary>A program on the path; null where there is none of these names.</summary>
    public static string? Find(params string[] names) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <summary>Whether a package was restored on this machine before, so that it can be again.</summary>
    public static bool HasPackage(string id) => Directory.Exists(Path.Combine(
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"), id));

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "pipeline.sln"))) return folder;
        }
        throw new InvalidOperationException($"No checkout holds {AppContext.BaseDirectory}.");
    }
}
