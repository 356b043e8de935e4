using System.Globalization;
using System.Text.Json.Nodes;
using OnnxPipeline.Pipeline.Reports.Analysis;

namespace OnnxPipeline.Pipeline.Reports.Charts;

/// <summary>A point of a way over a surface, and what the pointer is told of it.</summary>
internal sealed record WayPoint(double X, double Y, double Value, string Detail);

/// <summary>A surface seen from above, its depth as shade and as lines of equal value, with a way over it from its start to its end.</summary>
internal sealed record ContourChart : Chart
{
    private const int Shades = 36;
    private const int ShadesALine = 2;

    public required Axis X { get; init; }

    public required Axis Y { get; init; }

    public required SurfaceGrid Surface { get; init; }

    public required IReadOnlyList<WayPoint> Way { get; init; }

    /// <summary>Pixels.</summary>
    public int Height { get; init; } = 460;

    protected override JsonObject Specify()
    {
        var levels = Contours.Levels(Surface, Shades);
        var layers = new JsonArray();
        if (levels.Count > 0)
        {
            layers.Add(ShadeLayer(levels));
            layers.Add(LineLayer(Contours.Lines(Surface, levels.Skip(ShadesALine).Where((_, i) => i % ShadesALine == 0))));
        }
        foreach (var layer in WayLayers()) layers.Add(layer);
        var spec = FullWidth(Height);
        spec["layer"] = layers;
        return spec;
    }

    private JsonObject ShadeLayer(IReadOnlyList<double> levels)
    {
        var rows = Contours.Strips(Surface, levels).Select(s => Box(s.BottomLeft, s.TopRight, ("shade", Name(s.Band)), ("low", Spec.Number(levels[s.Band])), ("high", Spec.Number(levels[s.Band + 1]))));
        var names = Enumerable.Range(0, Shades).Select(Name).ToArray();
        JsonObject Colour()
        {
            var colour = Spec.Colour("shade", names, Enumerable.Range(0, Shades).Select(i => string.Create(CultureInfo.InvariantCulture, $"color-mix(in oklab, var(--c1) {75 - 75 * i / (Shades - 1)}%, var(--card))")));
            colour["legend"] = null;
            return colour;
        }
        var encoding = Between();
        // The stroke covers the hair's breadth that would else stay between two strips.
        encoding["fill"] = Colour();
        encoding["stroke"] = Colour();
        encoding["tooltip"] = new JsonArray(Spec.Tip("low", "from", format: ".4~g"), Spec.Tip("high", "to", format: ".4~g"));
        return Spec.Layer(Spec.Mark("rect", ("strokeWidth", 1)), encoding, Spec.Data(rows));
    }

    private JsonObject LineLayer(IEnumerable<ContourSegment> lines) => Spec.Layer(
        Spec.Mark("rule", ("color", Theme.Ink), ("opacity", 0.3), ("strokeWidth", 0.8), ("strokeCap", "round")),
        Between(),
        Spec.Data(lines.Select(l => Box(l.From, l.To))));

    private IEnumerable<JsonObject> WayLayers()
    {
        var data = Spec.Data(Way.Select((p, i) => new JsonObject { ["x"] = Spec.Number(p.X), ["y"] = Spec.Number(p.Y), ["step"] = i, ["value"] = Spec.Number(p.Value), ["detail"] = p.Detail }));
        JsonObject Encoding() => new() { ["x"] = X.Encode("x"), ["y"] = Y.Encode("y") };

        var line = Encoding();
        line["order"] = new JsonObject { ["field"] = "step", ["type"] = "quantitative" };
        yield return Spec.Layer(Spec.Mark("line", ("color", "var(--c2)"), ("strokeWidth", 2)), line, data);
        var points = Encoding();
        points["tooltip"] = new JsonArray(Spec.Tip("step", "step"), Spec.Tip("detail", "at", quantity: false), Spec.Tip("value", "value", format: ".5~g"));
        yield return Spec.Layer(Spec.Mark("point", ("filled", true), ("size", 26), ("opacity", 1), ("color", "var(--c2)")), points, (JsonObject)data.DeepClone());
        foreach (var (point, label) in new[] { (Way[0], "start"), (Way[^1], "end") })
        {
            var place = Spec.Data([new JsonObject { ["x"] = Spec.Number(point.X), ["y"] = Spec.Number(point.Y), ["label"] = label }]);
            yield return Spec.Layer(Spec.Mark("point", ("filled", true), ("size", 110), ("opacity", 1), ("color", "var(--c2)"), ("stroke", "var(--card)"), ("strokeWidth", 2)), Encoding(), place);
            var text = Encoding();
            text["text"] = new JsonObject { ["field"] = "label", ["type"] = "nominal" };
            yield return Spec.Layer(Spec.Mark("text", ("dy", -14), ("fontWeight", "bold")), text, (JsonObject)place.DeepClone());
        }
    }

    private JsonObject Between() => new()
    {
        ["x"] = X.Encode("x"),
        ["x2"] = new JsonObject { ["field"] = "x2" },
        ["y"] = Y.Encode("y"),
        ["y2"] = new JsonObject { ["field"] = "y2" },
    };

    private static JsonObject Box((double X, double Y) from, (double X, double Y) to, params (string Name, JsonNode? Value)[] more)
    {
        var row = new JsonObject { ["x"] = Spec.Number(from.X), ["y"] = Spec.Number(from.Y), ["x2"] = Spec.Number(to.X), ["y2"] = Spec.Number(to.Y) };
        foreach (var (name, value) in more) row[name] = value;
        return row;
    }

    private static string Name(int shade) => shade.ToString(CultureInfo.InvariantCulture);
}
