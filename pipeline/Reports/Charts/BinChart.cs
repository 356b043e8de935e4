using System.Text.Json.Nodes;

namespace OnnxPipeline.Pipeline.Reports.Charts;

/// <summary>A bar from <paramref name="Low"/> to <paramref name="High"/>; null for a bin of which nothing is known.</summary>
/// <param name="Low">Where the bin begins.</param>
/// <param name="High">Where it ends.</param>
/// <param name="Value">The bar's height.</param>
/// <param name="Detail">What the pointer is told besides.</param>
internal sealed record Bin(double Low, double High, double? Value, string Detail = "");

/// <summary>Standing bars over the bins of a quantity.</summary>
internal sealed record BinChart : Chart
{
    public required Axis X { get; init; }

    public required Axis Y { get; init; }

    public required IReadOnlyList<Bin> Bins { get; init; }

    /// <summary>A dashed line from corner to corner of the unit square: what perfect calibration would be.</summary>
    public bool Diagonal { get; init; }

    /// <summary>Pixels.</summary>
    public int Height { get; init; } = 240;

    protected override JsonObject Specify()
    {
        var rows = Bins.Where(b => b.Value is not null).Select(b => new JsonObject
        {
            ["low"] = Spec.Number(b.Low),
            ["high"] = Spec.Number(b.High),
            ["value"] = Spec.Number(b.Value),
            ["detail"] = b.Detail,
        });
        var bars = Spec.Layer(
            Spec.Mark("bar", ("color", Theme.Accent), ("opacity", 0.85), ("binSpacing", 1)),
            new JsonObject
            {
                ["x"] = X.Encode("low"),
                ["x2"] = new JsonObject { ["field"] = "high" },
                ["y"] = Y.Encode("value"),
                ["y2"] = Spec.Datum(0),
                ["tooltip"] = new JsonArray(Spec.Tip("low", "from", format: ".3~g"), Spec.Tip("high", "to", format: ".3~g"), Spec.Tip("value", Y.Label, format: ".4~g"), Spec.Tip("detail", "", quantity: false)),
            });
        var layers = new JsonArray(bars);
        if (Diagonal)
        {
            layers.Add(Spec.Layer(
                Spec.Mark("line", ("strokeDash", Spec.Array(4, 4)), ("color", Theme.Muted), ("strokeWidth", 1)),
                new JsonObject { ["x"] = X.Encode("x"), ["y"] = Y.Encode("y") },
                Spec.Data([new JsonObject { ["x"] = 0, ["y"] = 0 }, new JsonObject { ["x"] = 1, ["y"] = 1 }])));
        }
        var spec = FullWidth(Height);
        spec["data"] = Spec.Data(rows);
        spec["layer"] = layers;
        return spec;
    }
}
