using System.Text.Json.Nodes;

namespace OnnxPipeline.Pipeline.Reports.Charts;

/// <summary>One of several small pictures side by side.</summary>
internal sealed record Panel(string Name, IReadOnlyList<Series> Series);

/// <summary>The same kind of lines again and again, panel by panel.</summary>
internal sealed record FacetChart : Chart
{
    public required Axis X { get; init; }

    public required Axis Y { get; init; }

    public required IReadOnlyList<Panel> Panels { get; init; }

    /// <summary>Panels in a row, where the page is wide enough.</summary>
    public int Columns { get; init; } = 4;

    /// <summary>Whether each panel has axes of its own, so that shapes are compared and not sizes.</summary>
    public bool OwnAxes { get; init; }

    /// <summary>Whether the lines are values of a quantity, and so get colours in order.</summary>
    public bool Ordered { get; init; }

    protected override JsonObject Specify()
    {
        string[] names = [.. Panels.SelectMany(p => p.Series).Select(s => s.Name).Distinct()];
        // The layers are of all names, so that a name has the same colour in every panel.
        var series = names.Select(n => Panels.SelectMany(p => p.Series).Where(s => s.Name == n).MaxBy(s => s.Points.Count)!).ToArray();
        var rows = Panels.SelectMany(panel => LineChart.Rows(panel.Series).Select(row =>
        {
            row["panel"] = panel.Name;
            return row;
        }));
        var facet = Spec.Category("panel", null, Panels.Select(p => p.Name));
        facet["header"] = new JsonObject { ["title"] = null };
        var spec = new JsonObject
        {
            ["data"] = Spec.Data(rows),
            ["facet"] = facet,
            ["columns"] = Math.Min(Columns, Math.Max(1, Panels.Count)),
            ["spacing"] = 18,
            ["spec"] = new JsonObject { ["height"] = 130, ["layer"] = new JsonArray([.. LineChart.LineLayers(series, X, Y, Ordered)]) },
        };
        if (OwnAxes) spec["resolve"] = new JsonObject { ["scale"] = new JsonObject { ["x"] = "independent", ["y"] = "independent" } };
        return spec;
    }
}
