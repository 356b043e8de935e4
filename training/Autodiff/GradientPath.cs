namespace OnnxPipeline.Training.Autodiff;

/// <summary>
/// The part of a graph that carries gradients: nodes that a target reaches and that reach the loss, in graph order, and
/// the values on their way. Integers carry none: Shape, Size, ArgMax and comparisons end a path. Quantised values stand for the
/// real ones they were rounded from, and do carry one.
/// </summary>
internal sealed class GradientPath
{
    private static readonly HashSet<string> Barriers =
        [Ops.Shape, Ops.Size, Ops.ArgMax, Ops.ArgMin, Ops.Equal, Ops.Greater, Ops.Less, Ops.GreaterOrEqual, Ops.LessOrEqual, Ops.And, Ops.Or, Ops.Xor, Ops.Not, Ops.IsNaN, Ops.IsInf];

    private GradientPath(IReadOnlyList<Node> nodes, IReadOnlySet<string> active)
    {
        Nodes = nodes;
        Active = active;
    }

    public IReadOnlyList<Node> Nodes { get; }

    public IReadOnlySet<string> Active { get; }

    public static GradientPath Between(Graph graph, IEnumerable<string> targets, string loss)
    {
        var active = targets.ToHashSet(StringComparer.Ordinal);
        var reached = new List<Node>();
        foreach (var node in graph.Nodes.Where(n => !Barriers.Contains(n.OpType) && GraphTopology.UsedBy(n).Any(active.Contains)))
        {
            active.UnionWith(node.Outputs.Where(o => o.Length > 0));
            reached.Add(node);
        }

        var topology = new GraphTopology(graph);
        var wanted = new HashSet<string>(StringComparer.Ordinal) { loss };
        var path = new List<Node>();
        foreach (var node in Enumerable.Reverse(reached).Where(n => n.Outputs.Any(wanted.Contains)))
        {
            wanted.UnionWith(Receivers(node, topology));
            path.Add(node);
        }
        path.Reverse();
        active.IntersectWith(wanted);
        return new GradientPath(path, active);
    }

    /// <summary>
    /// The inputs that a node passes gradients on to. A scale that is computed from the very values it scales, as weights' from their
    /// largest, is taken as given; one that is learnt is not.
    /// </summary>
    public static IEnumerable<string> Receivers(Node node, GraphTopology topology)
    {
        if (!node.Is(Ops.QuantizeLinear) && !node.Is(Ops.DequantizeLinear)) return GraphTopology.UsedBy(node);
        var scaled = node.Is(Ops.DequantizeLinear) && topology.Producer(node.Inputs[0]) is { } quantizer && quantizer.Is(Ops.QuantizeLinear) ? quantizer.Inputs[0] : node.Inputs[0];
        return IsComputedFrom(topology, node.Inputs[1], scaled) ? [node.Inputs[0]] : [node.Inputs[0], node.Inputs[1]];
    }

    private static bool IsComputedFrom(GraphTopology topology, string value, string source)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([value]);
        while (open.TryPop(out var next))
        {
            if (next == source) return true;
            if (!seen.Add(next) || topology.Producer(next) is not { } producer) continue;
            foreach (var input in GraphTopology.UsedBy(producer)) open.Push(input);
        }
        return false;
    }
}
