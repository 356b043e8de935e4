namespace OnnxPipeline.Pipeline.Reports;

/// <summary>
/// Vega, Vega-Lite and Vega-Embed, which draw the charts: https://vega.github.io. The build embeds them where set-up has
/// brought them (pipeline/Reports/Vega/install.sh).
/// </summary>
/// <param name="Scripts">Licence and code of each, in the order in which a page needs them.</param>
/// <param name="Version">The packages, for example "vega-6.4.0 vega-lite-6.5.0 vega-embed-7.3.0".</param>
internal sealed record VegaLibrary(IReadOnlyList<(string Licence, string Code)> Scripts, string Version)
{
    public const string Missing = "The charts are missing: this build has no chart library. Install npm (Node.js), run 'make setup', and make the report again.";

    private static readonly string[] Packages = ["vega", "vega-lite", "vega-embed"];

    /// <summary>The library in this build; null where it has none.</summary>
    public static VegaLibrary? Embedded { get; } = Load();

    private static VegaLibrary? Load()
    {
        if (PageResources.Read("Vega/packages.sha512") is not { } sums) return null;
        var files = sums.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Path.GetFileNameWithoutExtension(line.Split("  ")[1]));
        var scripts = Packages.Select(name => (Licence: PageResources.Read($"Vega/{name}.LICENSE"), Code: PageResources.Read($"Vega/{name}.min.js"))).ToArray();
        return scripts.All(s => s is { Licence: not null, Code: not null }) ? new VegaLibrary([.. scripts.Select(s => (s.Licence!, s.Code!))], string.Join(' ', files)) : null;
    }
}
