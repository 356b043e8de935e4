namespace OnnxPipeline.Training.Autodiff;

/// <summary>
/// The part of a graph that carries gradients: nodes that a target reaches and that reach the loss, in graph order, and
/// the values a target reaches. Integers carry none: Shape, Size, ArgMax and comparisons end a path.
/// </summary>
internal sealed class GradientPath
{
    private static readonly HashSet<string> Barriers =
        [Ops.Shape, Ops.Size, Ops.ArgMax, Ops.ArgMin, Ops.Equal, Ops.Greater, Ops.Less, Ops.GreaterOrEqual, Ops.LessOrEqual, Ops.Not, Ops.IsNaN, Ops.IsInf];

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

        var wanted = new HashSet<string>(StringComparer.Ordinal) { loss };
        var path = new List<Node>();
        foreach (var node in Enumerable.Reverse(reached).Where(n => n.Outputs.Any(wanted.Contains)))
        {
            wanted.UnionWith(GraphTopology.UsedBy(node));
            path.Add(node);
        }
        path.Reverse();
        return new GradientPath(path, active);
    }
}
