using OnnxPipeline.Compression.Quantization.Placement;
using OnnxPipeline.Export.Rewriting;

namespace OnnxPipeline.Compression.Quantization.Static;

/// <summary>
/// Where a float activation function and a MaxPool come before a rounding, lets the pooling be first; the largest of the cut values is
/// the largest value, cut. ONNX Runtime moves a rounding that follows a pooling before it, and pools bytes channel by channel many times
/// slower than floats; and it rounds and cuts in one.
/// </summary>
internal static class PoolingOrder
{
    /// <returns>Whether the graph was changed, so that facts and plan are no longer true of it.</returns>
    public static bool PutFirst(GraphFacts facts, PlacementPlan plan)
    {
        var pairs = plan.RangeOf.Keys.Select(value => Find(value, facts, plan)).OfType<(Node, Node)>().ToArray();
        foreach (var (activation, pool) in pairs) Swap(facts.Graph, activation, pool);
        return pairs.Length > 0;
    }

    private static (Node Activation, Node Pool)? Find(string value, GraphFacts facts, PlacementPlan plan)
    {
        if (facts.Topology.Producer(value) is not { } pool || !pool.Is(Ops.MaxPool) || pool.Outputs.Count != 1 || plan.Nodes.Contains(pool)) return null;
        var between = pool.Inputs[0];
        return facts.Topology.Producer(between) is { } activation && OperatorRoles.Of(activation) == OperatorRole.Cutting && !plan.Absorbed.ContainsKey(activation)
            && facts.Topology.SoleConsumer(between) == pool ? (activation, pool) : null;
    }

    private static void Swap(Graph graph, Node activation, Node pool)
    {
        var (before, after) = (activation.Inputs[0], pool.Outputs[0]);
        var between = new FreshNames(graph).Of($"{before}_pooled");
        (pool.Inputs[0], pool.Outputs[0]) = (before, between);
        (activation.Inputs[0], activation.Outputs[0]) = (between, after);
        graph.ValueInfos.Clear();
    }
}
