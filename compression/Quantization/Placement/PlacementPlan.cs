using OnnxPipeline.Export;

namespace OnnxPipeline.Compression.Quantization.Placement;

/// <summary>Which nodes of a graph compute in integers, and which values are quantised for them.</summary>
internal sealed record PlacementPlan
{
    /// <summary>The nodes with weights that compute in integers, in graph order.</summary>
    public required IReadOnlyList<WeightedNode> Weighted { get; init; }

    /// <summary>Every node that reads and gives quantised values, those with weights among them.</summary>
    public required IReadOnlySet<Node> Nodes { get; init; }

    /// <summary>Activation functions that go into the rounding of the value before them, each with the node that makes that value.</summary>
    public required IReadOnlyDictionary<Node, Node> Absorbed { get; init; }

    /// <summary>The quantised values, each with the value whose range gives it its scale; the same where nothing passed it on.</summary>
    public required IReadOnlyDictionary<string, string> RangeOf { get; init; }

    /// <summary>Values quantised exactly, from raw pixels.</summary>
    public required IReadOnlyDictionary<string, PixelInput> Pixels { get; init; }

    /// <summary>The nodes with weights that stay in float32, each with the reason.</summary>
    public required IReadOnlyList<PassNote> Left { get; init; }

    /// <summary>The values whose ranges must be known.</summary>
    public IEnumerable<string> Measured => RangeOf.Values.Where(v => !Pixels.ContainsKey(v)).Distinct();
}
