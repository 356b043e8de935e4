using System.Text.Json.Nodes;

namespace OnnxPipeline.Pipeline.Reports.Charts;

/// <summary>A picture of data, written as a Vega-Lite specification. Its colours come from the page's style, so that it follows light and dark.</summary>
internal abstract record Chart : Block
{
    private const string Schema = "https://vega.github.io/schema/vega-lite/v6.json";

    public required string Title { get; init; }

    /// <summary>What to see in it, in a sentence; null where the title says it.</summary>
    public string? Caption { get; init; }

    /// <summary>Takes the page's whole width.</summary>
    public bool Wide { get; init; }

    /// <summary>The specification (https://vega.github.io/vega-lite/docs/spec.html), data included. It names no style: <see cref="Theme"/> has it.</summary>
    public JsonObject ToVegaLite()
    {
        var spec = Specify();
        spec.Insert(0, "$schema", Schema);
        return spec;
    }

    protected abstract JsonObject Specify();

    /// <summary>A specification as wide as the page lets it, and as high as it says.</summary>
    /// <param name="height">Pixels.</param>
    protected static JsonObject FullWidth(int height) => new()
    {
        ["width"] = "container",
        ["height"] = height,
        ["autosize"] = new JsonObject { ["type"] = "fit-x", ["contains"] = "padding" },
    };
}
