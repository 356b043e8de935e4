using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>Renames values of a graph, so that its inputs and outputs have the names callers expect.</summary>
internal sealed class ValueNames(Graph graph)
{
    private readonly HashSet<string> _names = GraphNames.All(graph);
    private readonly HashSet<string> _captured = [.. graph.Nodes.SelectMany(GraphNames.Captured)];

    /// <summary>Gives a value a new name; another value that has it makes way.</summary>
    /// <exception cref="ExportException">A subgraph reads one of the two, whose names are fixed there.</exception>
    public void Rename(string from, string to)
    {
        if (from == to) return;
        Free(to);
        Replace(from, to);
    }

    /// <summary>Sees to it that no value has this name.</summary>
    /// <exception cref="ExportException">A subgraph reads the value that has it.</exception>
    public void Free(string name)
    {
        if (!_names.Contains(name)) return;
        Replace(name, Fresh(name));
    }

    /// <summary>The stem, or where it is taken the stem with a number.</summary>
    public string Fresh(string stem) => GraphNames.Fresh(_names, stem);

    private void Replace(string from, string to)
    {
        if (_captured.Contains(from))
            throw new ExportException($"The value '{from}' must be renamed to '{to}', but a subgraph reads it, and subgraphs are not rewritten. Rename it in the model's source.");
        foreach (var node in graph.Nodes)
        {
            Replace(node.Inputs, from, to);
            Replace(node.Outputs, from, to);
        }
        if (graph.Initializers.TryGet(from, out var tensor))
        {
            var renamed = tensor.Clone(to);
            graph.Initializers.Remove(tensor);
            graph.Initializers.Add(renamed);
        }
        RenameDeclared(graph.Inputs, from, to);
        RenameDeclared(graph.Outputs, from, to);
        _names.Remove(from);
        _names.Add(to);
    }

    private static void Replace(IList<string> names, string from, string to)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == from) names[i] = to;
        }
    }

    private static void RenameDeclared(List<Value> values, string from, string to)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i].Name == from && values[i].Type is { } type) values[i] = new Value(to, type);
        }
    }
}
