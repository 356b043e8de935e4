using OnnxPipeline.Models.Adapters;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Training.LowRank;

/// <summary>Merges an adapter into a base that takes adapters: a plain model, as if it had been merged when it was trained.</summary>
public static class AdapterMerger
{
    /// <param name="slots">Of <see cref="LowRankAdaptation.WithSlots"/>, or exported from it; it is left as it is.</param>
    /// <param name="adapter">An adapter that fits it.</param>
    /// <returns>The model without inputs for adapters; it says nothing of figures measured on the base.</returns>
    /// <exception cref="TrainingException">The graph has been rewritten since, so that a change is no longer beside its weight.</exception>
    public static Model Merge(Model slots, AdapterFile adapter)
    {
        var model = LowRankAdaptation.Fill(slots, adapter);
        var graph = model.Graph;
        string[] replaceable = [.. graph.Inputs.Select(i => i.Name).Where(graph.Initializers.Contains)];
        foreach (var a in replaceable.Where(name => name.EndsWith(LowRankSite.SuffixOfA, StringComparison.Ordinal))) MergeChange(graph, a[..^LowRankSite.SuffixOfA.Length]);
        graph.Inputs.RemoveAll(input => replaceable.Contains(input.Name));
        if (DeployMetadata.FromEntries(model.Metadata) is not { } metadata) return model;
        foreach (var key in metadata.ToEntries().Keys) model.Metadata.Remove(key);
        foreach (var (key, value) in (metadata with { AdapterBase = null, Metrics = new Dictionary<string, double>() }).ToEntries()) model.Metadata[key] = value;
        return model;
    }

    private static void MergeChange(Graph graph, string name)
    {
        var topology = new GraphTopology(graph);
        var branches = topology.Consumers(LowRankSite.NameOfA(name)).Select(down => Branch.Find(topology, down, name)).ToArray();
        if (branches.Length == 0 || !graph.Initializers.TryGet(name, out var weight) || branches.Contains(null))
            throw new TrainingException($"The change of '{name}' is not beside its weight any more; merge into the base as it was exported.");
        var site = LowRankSite.Of(weight, [.. branches.Select(b => b!.Node)]);
        site.Add(graph.Initializers[site.A].Span<float>(), graph.Initializers[site.B].Span<float>(), scale: 1);
        foreach (var branch in branches)
        {
            branch!.Node.Outputs[0] = branch.Sum.Outputs[0];
            foreach (var node in branch.All) graph.Nodes.Remove(node);
        }
        graph.Initializers.Remove(site.A);
        graph.Initializers.Remove(site.B);
    }

    /// <summary>A node and the nodes that add a change to what it gives.</summary>
    private sealed record Branch(Node Node, Node Down, Node Up, Node Sum)
    {
        public IEnumerable<Node> All => [Down, Up, Sum];

        public static Branch? Find(GraphTopology topology, Node down, string weight)
        {
            if (topology.SoleConsumer(down.Outputs[0]) is not { } up || topology.SoleConsumer(up.Outputs[0]) is not { } sum || !sum.Is(Ops.Add)) return null;
            var other = sum.Inputs.FirstOrDefault(input => input != up.Outputs[0]);
            return topology.Producer(other) is { } node && node.Input(1) == weight && topology.SoleConsumer(node.Outputs[0]) == sum ? new Branch(node, down, up, sum) : null;
        }
    }
}
