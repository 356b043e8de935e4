using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>Who makes and who reads each value of a graph, kept current while the graph is rewritten.</summary>
internal sealed class UseIndex
{
    private readonly Dictionary<string, Node> _producers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<Node>> _users = new(StringComparer.Ordinal);
    private readonly HashSet<string> _captured = new(StringComparer.Ordinal);
    private readonly HashSet<string> _outputs;

    public UseIndex(Graph graph)
    {
        _outputs = [.. graph.Outputs.Select(o => o.Name)];
        foreach (var node in graph.Nodes)
        {
            foreach (var output in node.Outputs.Where(o => o.Length > 0)) _producers[output] = node;
            foreach (var input in node.Inputs.Where(i => i.Length > 0)) Add(node, input);
            foreach (var name in GraphNames.Captured(node))
            {
                Add(node, name);
                _captured.Add(name);
            }
        }
    }

    public Node? Producer(string? value) => value is null ? null : _producers.GetValueOrDefault(value);

    public IReadOnlyCollection<Node> Users(string value) => _users.TryGetValue(value, out var users) ? users : [];

    public bool IsOutput(string value) => _outputs.Contains(value);

    public bool IsCaptured(string value) => _captured.Contains(value);

    /// <summary>An input of a node, already changed, was <paramref name="before"/> and is now <paramref name="after"/>.</summary>
    public void Moved(Node node, string before, string after)
    {
        if (!node.Inputs.Contains(before) && _users.TryGetValue(before, out var users)) users.Remove(node);
        if (after.Length > 0) Add(node, after);
    }

    /// <summary>An output of a node, already changed, was <paramref name="before"/> and is now <paramref name="after"/>.</summary>
    public void Produced(Node node, string before, string after)
    {
        _producers.Remove(before);
        _producers[after] = node;
    }

    public void Forget(Node node)
    {
        foreach (var output in node.Outputs) _producers.Remove(output);
        foreach (var input in node.Inputs)
        {
            if (_users.TryGetValue(input, out var users)) users.Remove(node);
        }
    }

    private void Add(Node node, string value)
    {
        if (!_users.TryGetValue(value, out var users)) _users[value] = users = [];
        users.Add(node);
    }
}
