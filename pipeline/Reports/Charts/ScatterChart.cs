using System.Text.Json.Nodes;

namespace OnnxPipeline.Pipeline.Reports.Charts;

/// <summary>A point of a group, and what the pointer is told of it.</summary>
internal sealed record ScatterPoint(double X, double Y, string Group, string Detail = "");

/// <summary>A rectangle behind the points, in a group's colour; <paramref name="Strength"/>, from 0 to 1, is how plainly.</summary>
internal sealed record Tile(double Left, double Bottom, double Right, double Top, string Group, double Strength);

/// <summary>Points by group in the plane, over coloured ground where there is some.</summary>
internal sealed record ScatterChart : Chart
{
    public required Axis X { get; init; }

    public required Axis Y { get; init; }

    public required IReadOnlyList<ScatterPoint> Points { get; init; }

    public IReadOnlyList<Tile> Ground { get; init; } = [];

    /// <summary>The groups in order; each has its colour.</summary>
    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>Pixels.</summary>
    public int Height { get; init; } = 320;

    protected override JsonObject Specify()
    {
        var layers = new JsonArray();
        if (Ground.Count > 0) layers.Add(GroundLayer());
        layers.Add(PointLayer());
        var spec = FullWidth(Height);
        spec["layer"] = layers;
        return spec;
    }

    private JsonObject PointLayer()
    {
        var rows = Points.Select(p => new JsonObject { ["x"] = Spec.Number(p.X), ["y"] = Spec.Number(p.Y), ["group"] = p.Group, ["detail"] = p.Detail });
        var mark = Spec.Mark("point", ("filled", true), ("size", 22), ("opacity", Ground.Count > 0 ? 0.95 : 0.75));
        if (Ground.Count > 0)
        {
            mark["stroke"] = "var(--card)";
            mark["strokeWidth"] = 0.6;
        }
        return Spec.Layer(mark, new JsonObject
        {
            ["x"] = X.Encode("x"),
            ["y"] = Y.Encode("y"),
            [Ground.Count > 0 ? "fill" : "color"] = Spec.Colour("group", Groups, Theme.Colours(Groups.Count)),
            ["tooltip"] = new JsonArray(Spec.Tip("group", "class", quantity: false), Spec.Tip("detail", "", quantity: false)),
        }, Spec.Data(rows));
    }

    private JsonObject GroundLayer()
    {
        var rows = Ground.Select(t => new JsonObject
        {
            ["x"] = Spec.Number(t.Left),
            ["y"] = Spec.Number(t.Bottom),
            ["x2"] = Spec.Number(t.Right),
            ["y2"] = Spec.Number(t.Top),
            ["group"] = t.Group,
            ["strength"] = Spec.Number(t.Strength),
        });
        return Spec.Layer(Spec.Mark("rect", ("strokeWidth", 0)), new JsonObject
        {
            ["x"] = X.Encode("x"),
            ["x2"] = new JsonObject { ["field"] = "x2" },
            ["y"] = Y.Encode("y"),
            ["y2"] = new JsonObject { ["field"] = "y2" },
            ["fill"] = Spec.Colour("group", Groups, Theme.Colours(Groups.Count)),
            ["fillOpacity"] = new JsonObject { ["field"] = "strength", ["type"] = "quantitative", ["legend"] = null, ["scale"] = new JsonObject { ["domain"] = Spec.Array(0, 1), ["range"] = Spec.Array(0, 0.4) } },
        }, Spec.Data(rows));
    }
}
