namespace OnnxPipeline.Models;

/// <summary>Who makes and who uses each value of a graph. A snapshot: make a new one after the graph changes.</summary>
public sealed class GraphTopology
{
    private readonly Graph _graph;
    private readonly Dictionary<string, Node> _producers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Node>> _consumers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _outputs;

    /// <exception cref="ModelFormatException">Two nodes produce one value.</exception>
    public GraphTopology(Graph graph)
    {
        _graph = graph;
        _outputs = [.. graph.Outputs.Select(o => o.Name)];
        foreach (var node in graph.Nodes)
        {
            foreach (var output in node.Outputs.Where(o => o.Length > 0))
            {
                if (!_producers.TryAdd(output, node))
                    throw new ModelFormatException($"Value '{output}' is produced by two nodes: {_producers[output].DisplayName} and {node.DisplayName}.");
            }
            foreach (var input in UsedBy(node).Distinct())
            {
                if (!_consumers.TryGetValue(input, out var users)) _consumers[input] = users = [];
                users.Add(node);
            }
        }
    }

    public Node? Producer(string? value) => value is null ? null : _producers.GetValueOrDefault(value);

    /// <summary>The nodes that read a value, in graph order; a node counts when a subgraph of it reads the value.</summary>
    public IReadOnlyList<Node> Consumers(string value) => _consumers.TryGetValue(value, out var users) ? users : [];

    public bool IsOutput(string value) => _outputs.Contains(value);

    /// <summary>The only reader of a value that is no graph output, or null.</summary>
    public Node? SoleConsumer(string value) => !IsOutput(value) && Consumers(value) is [var only] ? only : null;

    /// <summary>The nodes in an order where each follows all it reads; nodes keep their file order where that allows.</summary>
    /// <exception cref="ModelFormatException">The graph has a cycle; the message names its nodes.</exception>
    public List<Node> Sorted()
    {
        var order = new List<Node>(_graph.Nodes.Count);
        var waiting = new Dictionary<Node, int>();
        var ready = new PriorityQueue<Node, int>();
        var position = _graph.Nodes.Select((node, index) => (node, index)).ToDictionary(p => p.node, p => p.index);
        foreach (var node in _graph.Nodes)
        {
            waiting[node] = UsedBy(node).Distinct().Count(_producers.ContainsKey);
            if (waiting[node] == 0) ready.Enqueue(node, position[node]);
        }
        while (ready.TryDequeue(out var node, out _))
        {
            order.Add(node);
            foreach (var user in node.Outputs.Where(o => o.Length > 0).SelectMany(Consumers))
            {
                if (--waiting[user] == 0) ready.Enqueue(user, position[user]);
            }
        }
        if (order.Count == _graph.Nodes.Count) return order;

        var stuck = waiting.Where(w => w.Value > 0).Select(w => w.Key.DisplayName).Take(8);
        throw new ModelFormatException($"The graph has a cycle; these nodes wait for one another: {string.Join(", ", stuck)}.");
    }

    /// <summary>Names a node reads, itself and through its subgraphs; values a subgraph defines for itself are not counted.</summary>
    public static IEnumerable<string> UsedBy(Node node) => node.Inputs.Where(i => i.Length > 0).Concat(node.Subgraphs.SelectMany(OuterNames));

    private static IEnumerable<string> OuterNames(Graph body)
    {
        var own = body.Inputs.Select(i => i.Name).Concat(body.Initializers.Select(i => i.Name)).Concat(body.Nodes.SelectMany(n => n.Outputs)).ToHashSet();
        return body.Nodes.SelectMany(UsedBy).Concat(body.Outputs.Select(o => o.Name)).Where(name => !own.Contains(name)).Distinct();
    }
}
