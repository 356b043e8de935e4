using System.Text.Json.Nodes;

namespace OnnxPipeline.Pipeline.Reports.Charts;

/// <summary>One bar: what it is of, which of the bars beside each other it is, and how long; null for none.</summary>
internal sealed record Bar(string Category, string Group, double? Value);

/// <summary>Lying bars, category by category, groups beside each other.</summary>
internal sealed record BarChart : Chart
{
    private const int Thickness = 9;

    /// <summary>What the categories are, for example "class".</summary>
    public required string Category { get; init; }

    public required Axis Value { get; init; }

    public required IReadOnlyList<Bar> Bars { get; init; }

    protected override JsonObject Specify()
    {
        string[] groups = [.. Bars.Select(b => b.Group).Distinct()];
        var rows = Bars.Select(b => new JsonObject { ["category"] = b.Category, ["group"] = b.Group, ["value"] = Spec.Number(b.Value) });
        var encoding = new JsonObject
        {
            ["y"] = Spec.Category("category", Category, Bars.Select(b => b.Category).Distinct()),
            ["yOffset"] = Spec.Category("group", null, groups),
            ["x"] = Value.Encode("value"),
            ["color"] = Spec.Colour("group", groups, Theme.Colours(groups.Length)),
            ["tooltip"] = new JsonArray(Spec.Tip("category", Category, quantity: false), Spec.Tip("group", "figure", quantity: false), Spec.Tip("value", Value.Label, format: ".4~g")),
        };
        var categories = Math.Max(Bars.Select(b => b.Category).Distinct().Count(), 1);
        var spec = FullWidth(categories * (Math.Max(groups.Length, 1) + 1) * Thickness);
        spec["data"] = Spec.Data(rows);
        spec["mark"] = Spec.Mark("bar", ("cornerRadiusEnd", 2));
        spec["encoding"] = encoding;
        return spec;
    }
}
