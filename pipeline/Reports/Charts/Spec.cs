using System.Globalization;
using System.Text.Json.Nodes;

namespace OnnxPipeline.Pipeline.Reports.Charts;

/// <summary>The parts of which Vega-Lite specifications consist.</summary>
internal static class Spec
{
    private const int Digits = 6;

    /// <summary>A number in six significant digits, which is finer than any screen; null, a gap, where it is not finite.</summary>
    public static JsonNode? Number(double? value)
    {
        if (value is not { } number || !double.IsFinite(number)) return null;
        return JsonValue.Create(double.Parse(number.ToString($"G{Digits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
    }

    public static JsonArray Array(params IEnumerable<double> values) => [.. values.Select(v => Number(v))];

    public static JsonArray Texts(IEnumerable<string> values) => [.. values.Select(v => JsonValue.Create(v))];

    /// <summary>Data that stand in the specification itself.</summary>
    public static JsonObject Data(IEnumerable<JsonObject> rows) => new() { ["values"] = new JsonArray([.. rows]) };

    public static JsonObject Quantity(string field, string title, JsonObject scale, JsonObject? axis = null)
    {
        var channel = new JsonObject { ["field"] = field, ["type"] = "quantitative", ["title"] = title, ["scale"] = scale };
        if (axis is { Count: > 0 }) channel["axis"] = axis;
        return channel;
    }

    /// <summary>A channel of names in a given order.</summary>
    public static JsonObject Category(string field, string? title, IEnumerable<string> order) => new()
    {
        ["field"] = field,
        ["type"] = "nominal",
        ["title"] = title,
        ["sort"] = Texts(order),
    };

    /// <summary>Letters of a legend that stand beside each other in half a page's width, and those that a symbol takes the room of.</summary>
    private const int LegendLetters = 60;
    private const int SymbolLetters = 4;

    /// <summary>Colour by name; a legend stands above the picture where there is more than one.</summary>
    public static JsonObject Colour(string field, IReadOnlyList<string> names, IEnumerable<string> colours) => new()
    {
        ["field"] = field,
        ["type"] = "nominal",
        ["scale"] = new JsonObject { ["domain"] = Texts(names), ["range"] = Texts(colours) },
        ["legend"] = names.Count > 1 ? new JsonObject { ["title"] = null, ["symbolLimit"] = 60, ["columns"] = Math.Clamp(LegendLetters / (names.Max(n => n.Length) + SymbolLetters), 1, 5) } : null,
    };

    public static JsonObject Tip(string field, string title, bool quantity = true, string? format = null)
    {
        var tip = new JsonObject { ["field"] = field, ["title"] = title, ["type"] = quantity ? "quantitative" : "nominal" };
        if (format is not null) tip["format"] = format;
        return tip;
    }

    public static JsonObject Layer(JsonObject mark, JsonObject encoding, JsonObject? data = null)
    {
        var layer = new JsonObject { ["mark"] = mark, ["encoding"] = encoding };
        if (data is not null) layer.Insert(0, "data", data);
        return layer;
    }

    public static JsonObject Mark(string type, params IEnumerable<(string Name, JsonNode? Value)> properties)
    {
        var mark = new JsonObject { ["type"] = type };
        foreach (var (name, value) in properties) mark[name] = value;
        return mark;
    }

    public static JsonObject Constant(JsonNode value) => new() { ["value"] = value };

    public static JsonObject Datum(double value) => new() { ["datum"] = Number(value) };
}
