using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>The names a graph uses, its subgraphs' included.</summary>
internal static class GraphNames
{
    /// <summary>Every name of the graph and all graphs inside it; a new value must take none of them.</summary>
    public static HashSet<string> All(Graph graph)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        Collect(graph, names);
        return names;
    }

    /// <summary>The stem, or where it is taken the stem with a number.</summary>
    public static string Fresh(IReadOnlySet<string> taken, string stem)
    {
        var name = stem;
        for (var n = 1; taken.Contains(name); n++) name = $"{stem}_{n}";
        return name;
    }

    /// <summary>The outer values that a node's subgraphs read.</summary>
    public static IEnumerable<string> Captured(Node node)
    {
        if (!node.Subgraphs.Any()) return [];
        var bodiesOnly = node.Clone();
        bodiesOnly.Inputs.Clear();
        return GraphTopology.UsedBy(bodiesOnly).Distinct();
    }

    private static void Collect(Graph graph, HashSet<string> names)
    {
        names.UnionWith(graph.Inputs.Select(i => i.Name));
        names.UnionWith(graph.Initializers.Select(i => i.Name));
        names.UnionWith(graph.Outputs.Select(o => o.Name));
        foreach (var node in graph.Nodes)
        {
            names.UnionWith(node.Inputs);
            names.UnionWith(node.Outputs);
            foreach (var body in node.Subgraphs) Collect(body, names);
        }
    }
}
