namespace OnnxPipeline.Training.Bundles;

/// <summary>The part of a model that computes its logits: what training has to know of it.</summary>
internal static class LogitsModel
{
    /// <param name="source">The model; it is left as it is.</param>
    /// <param name="logits">The value that holds them.</param>
    /// <param name="classes">How many there are; null where that is still to be inferred.</param>
    /// <returns>A copy of the model whose one output is the logits, without the nodes, inputs and weights that these do not need.</returns>
    public static Model Of(Model source, string logits, int? classes)
    {
        var model = source.Clone();
        var graph = model.Graph;
        graph.Outputs.Clear();
        graph.Outputs.Add(new Value(logits, ElementType.Float, "batch", classes is { } known ? known : Dimension.Unknown));
        graph.ValueInfos.Clear();
        RemoveUnneeded(graph);
        return model;
    }

    /// <summary>Removes what no output of the graph is computed from.</summary>
    public static void RemoveUnneeded(Graph graph)
    {
        var needed = graph.Outputs.Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        for (var i = graph.Nodes.Count - 1; i >= 0; i--)
        {
            if (graph.Nodes[i].Outputs.Any(needed.Contains)) needed.UnionWith(GraphTopology.UsedBy(graph.Nodes[i]));
            else graph.Nodes.RemoveAt(i);
        }
        graph.Inputs.RemoveAll(input => !needed.Contains(input.Name));
        foreach (var unread in graph.Initializers.Where(t => !needed.Contains(t.Name)).ToArray()) graph.Initializers.Remove(unread);
    }
}
