using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.LowRank;

/// <summary>Finds the weights of a graph that options ask to adapt.</summary>
internal static class LowRankSites
{
    private const string Option = "train.lora.match";

    /// <param name="graph">The graph; the sites refer to its nodes.</param>
    /// <param name="options">Which weights, and at what rank.</param>
    /// <param name="declined">Matrices and kernels that a pattern takes in but that are not adapted, each with the reason.</param>
    /// <exception cref="TrainingException">A pattern matches no weight, one that is asked for by its name cannot be adapted, or none can.</exception>
    public static IReadOnlyList<LowRankSite> Find(Graph graph, LoraOptions options, out IReadOnlyList<string> declined)
    {
        var weights = Trainables.Of(graph);
        string[] names = [.. weights.Select(w => w.Name)];
        NameGlob.RequireMatches(Option, options.Match, names);
        NameGlob.RequireMatches("train.lora.trainAlso", options.TrainAlso, names);
        var topology = new GraphTopology(graph);
        var (sites, left) = (new List<LowRankSite>(), new List<(Initializer Weight, string Reason)>());
        foreach (var weight in weights.Where(w => NameGlob.AnyMatches(options.Match, w.Name)))
        {
            var reason = NameGlob.AnyMatches(options.TrainAlso, weight.Name) ? "train.lora.trainAlso trains it whole" : WhyNot(graph, topology, weight, options.Rank);
            if (reason is null) sites.Add(LowRankSite.Of(weight, topology.Consumers(weight.Name)));
            else if (options.Match.Contains(weight.Name)) throw new TrainingException($"{Option}: '{weight.Name}' cannot be adapted: {reason}.");
            else left.Add((weight, reason));
        }
        // Nobody expects that of a bias, or of what is trained whole.
        declined = [.. left.Where(l => l.Weight.Dims.Count(size => size > 1) > 1 && !NameGlob.AnyMatches(options.TrainAlso, l.Weight.Name)).Select(Told)];
        return sites.Count > 0 ? sites : throw new TrainingException($"{Option}: nothing that it matches can be adapted. {string.Join("; ", left.Select(Told))}.");

        static string Told((Initializer Weight, string Reason) left) => $"{left.Weight.Name}: {left.Reason}";
    }

    private static string? WhyNot(Graph graph, GraphTopology topology, Initializer weight, int rank)
    {
        if (weight.ElementType != ElementType.Float) return $"its elements are {weight.ElementType}; expected Float";
        if (topology.IsOutput(weight.Name)) return "it is an output of the graph";
        if (graph.Initializers.Contains(LowRankSite.NameOfA(weight.Name)) || graph.Initializers.Contains(LowRankSite.NameOfB(weight.Name))) return "it has a low-rank change already";
        var nodes = topology.Consumers(weight.Name);
        if (nodes.Select(node => WhyNot(node, weight)).FirstOrDefault(why => why is not null) is { } reason) return reason;
        if (nodes.Any(node => node.Is(Ops.Conv) != nodes[0].Is(Ops.Conv) || LowRankSite.OutputsComeFirst(node) != LowRankSite.OutputsComeFirst(nodes[0]))) return "its nodes read it in different ways";
        var site = LowRankSite.Of(weight, nodes);
        var smaller = Math.Min(site.Inputs, site.Outputs);
        return rank < smaller ? null : $"it is {site.Outputs} by {site.Inputs}, so that a change of rank {rank} is not smaller than any change";
    }

    private static string? WhyNot(Node node, Initializer weight)
    {
        var rank = weight.Dims.Count;
        if (node.Input(1) != weight.Name || node.Inputs.Count(i => i == weight.Name) > 1) return $"{node.OpType} '{node.DisplayName}' does not read it as its weight";
        if (node.Is(Ops.MatMul)) return rank == 2 ? null : $"it has {rank} axes; expected 2";
        if (node.Is(Ops.Gemm))
        {
            return rank != 2 ? $"it has {rank} axes; expected 2"
                : node.Int("transA", 0) != 0 ? $"Gemm '{node.DisplayName}' transposes its input"
                : node.Float("alpha", 1) != 1 ? $"Gemm '{node.DisplayName}' has a factor of its own, alpha {node.Float("alpha", 1)}"
                : null;
        }
        if (!node.Is(Ops.Conv)) return $"{node.QualifiedOpType} '{node.DisplayName}' reads it; expected Gemm, MatMul or Conv";
        return node.Int("group", 1) is not 1 and var groups ? $"Conv '{node.DisplayName}' has {groups} groups, and is small in rank by itself" : null;
    }
}
