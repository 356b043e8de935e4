namespace OnnxPipeline.Pipeline.Reports;

/// <summary>The page's own style and script, which lie in the assembly.</summary>
internal static class PageResources
{
    public static string Style { get; } = Read("Reports/page.css") ?? "";

    public static string Script { get; } = Read("Reports/page.js") ?? "";

    /// <summary>A resource as text; null where it is not there.</summary>
    public static string? Read(string name)
    {
        using var stream = typeof(PageResources).Assembly.GetManifestResourceStream(name);
        return stream is null ? null : new StreamReader(stream).ReadToEnd();
    }
}
