using System.Text.Json.Nodes;

namespace OnnxPipeline.Pipeline.Reports.Charts;

/// <summary>A cell: where it is, how strong, and what it says; null for an empty one.</summary>
internal sealed record HeatmapCell(string Row, string Column, double? Value, string Text);

/// <summary>A grid of cells, the stronger the deeper the colour.</summary>
internal sealed record Heatmap : Chart
{
    /// <summary>With more columns than these the texts have no room.</summary>
    private const int MostTexts = 16;

    /// <summary>Longer labels of columns stand aslant.</summary>
    private const int ShortLabel = 3;

    public required string RowTitle { get; init; }

    public required string ColumnTitle { get; init; }

    /// <summary>What the value is, for the pointer.</summary>
    public required string ValueTitle { get; init; }

    public required IReadOnlyList<HeatmapCell> Cells { get; init; }

    protected override JsonObject Specify()
    {
        string[] rows = [.. Cells.Select(c => c.Row).Distinct()];
        string[] columns = [.. Cells.Select(c => c.Column).Distinct()];
        var values = Cells.Select(c => c.Value).OfType<double>().Where(double.IsFinite).ToArray();
        var (low, high) = values.Length == 0 ? (0, 1) : (values.Min(), values.Max());
        var step = Math.Clamp(320 / Math.Max(rows.Length, 1), 9, 34);
        var data = Cells.Select(c => new JsonObject
        {
            ["row"] = c.Row,
            ["column"] = c.Column,
            ["value"] = Spec.Number(c.Value),
            ["strength"] = Spec.Number(c.Value is { } value && double.IsFinite(value) ? high > low ? (value - low) / (high - low) : 1 : 0),
            ["text"] = c.Text,
        });
        JsonObject Position(string field, string title, IEnumerable<string> order)
        {
            var channel = Spec.Category(field, title, order);
            channel["axis"] = new JsonObject { ["domain"] = false, ["ticks"] = false, ["labelOverlap"] = columns.Length > MostTexts, ["labelAngle"] = field == "column" && columns.Any(c => c.Length > ShortLabel) ? -45 : 0 };
            return channel;
        }
        JsonObject Encoding() => new() { ["y"] = Position("row", RowTitle, rows), ["x"] = Position("column", ColumnTitle, columns) };

        var cells = Encoding();
        cells["fillOpacity"] = new JsonObject { ["field"] = "strength", ["type"] = "quantitative", ["legend"] = null, ["scale"] = new JsonObject { ["domain"] = Spec.Array(0, 1), ["range"] = Spec.Array(0.04, 1) } };
        cells["tooltip"] = new JsonArray(Spec.Tip("row", RowTitle, quantity: false), Spec.Tip("column", ColumnTitle, quantity: false), Spec.Tip("text", ValueTitle, quantity: false));
        var layers = new JsonArray(Spec.Layer(Spec.Mark("rect", ("fill", "var(--accent)")), cells));
        if (columns.Length <= MostTexts && rows.Length <= 2 * MostTexts)
        {
            var texts = Encoding();
            texts["text"] = new JsonObject { ["field"] = "text", ["type"] = "nominal" };
            texts["color"] = new JsonObject { ["condition"] = new JsonObject { ["test"] = "datum.strength > 0.55", ["value"] = Theme.OnAccent }, ["value"] = Theme.Ink };
            layers.Add(Spec.Layer(Spec.Mark("text", ("fontSize", columns.Length > 11 ? 8.5 : 10), ("tooltip", null)), texts));
        }
        var spec = FullWidth(Math.Max(rows.Length, 1) * step);
        spec["data"] = Spec.Data(data);
        spec["layer"] = layers;
        return spec;
    }
}
