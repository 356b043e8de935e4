using System.Text.Json.Nodes;

namespace OnnxPipeline.Pipeline.Reports.Charts;

/// <summary>A line: its name and its points. One that is not finite is a gap.</summary>
internal sealed record Series(string Name, IReadOnlyList<(double X, double? Y)> Points);

/// <summary>A place to point out: a line across the picture at <paramref name="X"/>, or a dot where <paramref name="Y"/> is given too.</summary>
internal sealed record Callout(double X, double? Y, string Label);

/// <summary>Lines over a quantity.</summary>
internal sealed record LineChart : Chart
{
    /// <summary>Up to so many points of a line are drawn as dots; of a longer one they only answer to the pointer.</summary>
    private const int MostDots = 30;

    public required Axis X { get; init; }

    public required Axis Y { get; init; }

    public required IReadOnlyList<Series> Series { get; init; }

    public IReadOnlyList<Callout> Callouts { get; init; } = [];

    /// <summary>A dashed line from corner to corner of the unit square: chance, or perfect calibration.</summary>
    public bool Diagonal { get; init; }

    /// <summary>Whether the lines are values of a quantity, and so get colours in order.</summary>
    public bool Ordered { get; init; }

    /// <summary>Pixels.</summary>
    public int Height { get; init; } = 240;

    protected override JsonObject Specify()
    {
        var layers = new JsonArray();
        if (Diagonal) layers.Add(DiagonalLayer());
        foreach (var callout in Callouts.Where(c => c.Y is null)) layers.Add(RuleLayer(callout));
        foreach (var layer in LineLayers(Series, X, Y, Ordered)) layers.Add(layer);
        foreach (var callout in Callouts.Where(c => c.Y is not null)) layers.Add(DotLayer(callout));
        foreach (var callout in Callouts) layers.Add(LabelLayer(callout));
        var spec = FullWidth(Height);
        spec["data"] = Spec.Data(Rows(Series));
        spec["layer"] = layers;
        return spec;
    }

    /// <summary>One row a point.</summary>
    internal static IEnumerable<JsonObject> Rows(IEnumerable<Series> series) => series.SelectMany(s => s.Points.Select(p => new JsonObject
    {
        ["series"] = s.Name,
        ["x"] = Spec.Number(p.X),
        ["y"] = Spec.Number(p.Y),
    }));

    /// <summary>The lines, and the dots that answer to the pointer.</summary>
    internal static IEnumerable<JsonObject> LineLayers(IReadOnlyList<Series> series, Axis x, Axis y, bool ordered)
    {
        string[] names = [.. series.Select(s => s.Name)];
        var dots = series.All(s => s.Points.Count <= MostDots);
        JsonObject Encoding() => new()
        {
            ["x"] = x.Encode("x"),
            ["y"] = y.Encode("y"),
            ["color"] = Spec.Colour("series", names, ordered ? Theme.Ordered(names.Length) : Theme.Colours(names.Length)),
        };

        yield return Spec.Layer(Spec.Mark("line"), Encoding());
        var tips = Encoding();
        tips["tooltip"] = new JsonArray(Spec.Tip("series", "line", quantity: false), Spec.Tip("x", x.Label), Spec.Tip("y", y.Label, format: y.Format is ".0%" ? ".2%" : ".5~g"));
        yield return Spec.Layer(Spec.Mark("point", ("filled", true), ("size", dots ? 28 : 60), ("opacity", dots ? 1 : 0)), tips);
    }

    private JsonObject DiagonalLayer() => Spec.Layer(
        Spec.Mark("line", ("strokeDash", Spec.Array(4, 4)), ("color", Theme.Muted), ("strokeWidth", 1)),
        new JsonObject { ["x"] = X.Encode("x"), ["y"] = Y.Encode("y") },
        Spec.Data([new JsonObject { ["x"] = 0, ["y"] = 0 }, new JsonObject { ["x"] = 1, ["y"] = 1 }]));

    private JsonObject RuleLayer(Callout callout) => Spec.Layer(
        Spec.Mark("rule", ("strokeDash", Spec.Array(3, 3)), ("color", Theme.Muted)),
        new JsonObject { ["x"] = X.Encode("x") },
        Row(callout));

    private JsonObject DotLayer(Callout callout) => Spec.Layer(
        Spec.Mark("point", ("filled", true), ("size", 90), ("color", "var(--c2)"), ("opacity", 1)),
        new JsonObject { ["x"] = X.Encode("x"), ["y"] = Y.Encode("y"), ["tooltip"] = new JsonArray(Spec.Tip("label", "", quantity: false)) },
        Row(callout));

    private JsonObject LabelLayer(Callout callout)
    {
        var encoding = new JsonObject { ["x"] = X.Encode("x"), ["text"] = new JsonObject { ["field"] = "label", ["type"] = "nominal" } };
        encoding["y"] = callout.Y is null ? Spec.Constant(0) : Y.Encode("y");
        return Spec.Layer(Spec.Mark("text", ("align", LeftHalf(callout) ? "left" : "right"), ("dx", LeftHalf(callout) ? 6 : -6), ("dy", callout.Y is null ? 8 : 12), ("color", Theme.Muted)), encoding, Row(callout));
    }

    /// <summary>A label goes to where there is room.</summary>
    private bool LeftHalf(Callout callout)
    {
        var values = Series.SelectMany(s => s.Points).Select(p => p.X).Where(double.IsFinite).ToArray();
        return values.Length == 0 || callout.X - values.Min() <= values.Max() - callout.X;
    }

    private static JsonObject Row(Callout callout) => Spec.Data([new JsonObject { ["x"] = Spec.Number(callout.X), ["y"] = Spec.Number(callout.Y), ["label"] = callout.Label }]);
}
