using System.Text.Json.Nodes;

namespace OnnxPipeline.Pipeline.Reports.Charts;

/// <summary>How all charts look. Colours are the page's CSS variables, which SVG takes as they are.</summary>
internal static class Theme
{
    public const string Accent = "var(--c1)";
    public const string Ink = "var(--ink)";
    public const string Muted = "var(--muted)";
    public const string OnAccent = "var(--on-accent)";

    /// <summary>Colours that are told apart at a glance, as many as the page has; beyond that they come round again.</summary>
    private const int Distinct = 10;

    /// <summary>One colour for each of some names.</summary>
    public static IEnumerable<string> Colours(int count) => Enumerable.Range(0, count).Select(i => $"var(--c{i % Distinct + 1})");

    /// <summary>Colours in order, for the values of a quantity.</summary>
    public static IEnumerable<string> Ordered(int count) =>
        Enumerable.Range(0, count).Select(i => $"color-mix(in oklab, var(--c2) {(count == 1 ? 0 : 100 * i / (count - 1))}%, var(--c1))");

    /// <summary>Vega-Lite's "config", the same for every chart of a page.</summary>
    public static JsonObject Config() => new()
    {
        ["background"] = null,
        ["font"] = "system-ui, sans-serif",
        ["padding"] = 2,
        ["view"] = new JsonObject { ["stroke"] = null, ["continuousHeight"] = 240 },
        ["axis"] = new JsonObject
        {
            ["labelColor"] = Muted,
            ["titleColor"] = Muted,
            ["labelFontSize"] = 11,
            ["titleFontSize"] = 11,
            ["titleFontWeight"] = "normal",
            ["titlePadding"] = 8,
            ["gridColor"] = "var(--line)",
            ["domainColor"] = "var(--line)",
            ["tickColor"] = "var(--line)",
            ["labelLimit"] = 140,
        },
        ["axisX"] = new JsonObject { ["grid"] = false },
        ["axisQuantitative"] = new JsonObject { ["tickCount"] = 6 },
        ["legend"] = new JsonObject { ["orient"] = "top", ["labelColor"] = Ink, ["titleColor"] = Muted, ["labelFontSize"] = 11, ["columns"] = 5, ["labelLimit"] = 160 },
        ["header"] = new JsonObject { ["labelColor"] = Ink, ["titleColor"] = Muted, ["labelFontSize"] = 11, ["labelLimit"] = 170 },
        ["line"] = new JsonObject { ["strokeWidth"] = 2, ["strokeJoin"] = "round" },
        ["text"] = new JsonObject { ["fill"] = Ink, ["fontSize"] = 11 },
        ["rule"] = new JsonObject { ["stroke"] = Muted },
    };
}
