namespace OnnxPipeline.Models.Layers;

/// <summary>What layers check and name alike.</summary>
internal static class Layer
{
    /// <summary>The layer's name: as given, else the kind with the next free number.</summary>
    public static string LayerName(this GraphBuilder graph, string? given, string kind) => given is null ? graph.Numbered(kind) : graph.UniqueName(given);

    /// <summary>The size of axis 1 of a floating-point input of one of these ranks.</summary>
    public static long Channels(string layer, GraphValue input, string layout, params int[] ranks)
    {
        if (input.Shape is not { } shape || !ranks.Contains(shape.Rank))
            throw new GraphException($"Layer '{layer}': expected an input of shape {layout}, found '{input.Name}' {input.Type}.");
        return shape[1].Size is > 0 and var channels
            ? channels
            : throw new GraphException($"Layer '{layer}': expected a known, positive size of axis 1, found '{input.Name}' {input.Type}.");
    }

    public static void Require(string layer, int value, string parameter)
    {
        if (value < 1) throw new GraphException($"Layer '{layer}': expected {parameter} of at least 1, found {value}.");
    }

    public static long[] Square(long value, int count) => [.. Enumerable.Repeat(value, count)];
}
