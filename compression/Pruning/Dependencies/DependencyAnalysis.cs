using OnnxPipeline.Export;
using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Compression.Pruning.Dependencies;

/// <summary>
/// Which channels and neurons of a graph can be taken out, each with everything that has to go with it, and which cannot and why. In
/// the spirit of Fang et al., "DepGraph: Towards any structural pruning" (2023), but index by index rather than layer by layer, so
/// that joined, grouped and flattened channels need no special case.
/// </summary>
internal sealed class DependencyAnalysis
{
    private readonly SlotTies _ties = new();
    private readonly ConstantTable _constants;
    private readonly List<Producer> _producers = [];
    private readonly List<PassNote> _declined = [];

    private DependencyAnalysis(Model model)
    {
        Model = model;
        var topology = new GraphTopology(model.Graph);
        _constants = new ConstantTable(model, topology.Producer);
        var types = ShapeInference.Infer(model);
        AddValues(types);
        PinSignature();
        foreach (var node in topology.Sorted()) Follow(node, types);
        Groups = GroupsOf();
    }

    public Model Model { get; }

    /// <summary>What may go, group by group, in the order of the graph.</summary>
    public IReadOnlyList<ChannelGroup> Groups { get; }

    /// <summary>Every layer that makes channels, those that stay too.</summary>
    public IReadOnlyList<Producer> Producers => _producers;

    /// <summary>Layers whose channels stay, all or some, each with the reason.</summary>
    public IReadOnlyList<PassNote> Declined => _declined;

    /// <exception cref="GraphException">The graph contradicts itself.</exception>
    /// <exception cref="ModelFormatException">The graph has a cycle, or two nodes produce one value.</exception>
    public static DependencyAnalysis Of(Model model) => new(model);

    private void AddValues(IReadOnlyDictionary<string, TensorType> types)
    {
        var graph = Model.Graph;
        var names = graph.Initializers.Select(t => t.Name).Concat(graph.Inputs.Select(i => i.Name)).Concat(graph.Nodes.SelectMany(n => n.Outputs));
        foreach (var name in names.Where(n => n.Length > 0).Distinct())
        {
            if (types.TryGetValue(name, out var type) && type.Shape is { } shape) _ties.Add(name, shape);
        }
    }

    /// <summary>What the model's callers see stays as it is.</summary>
    private void PinSignature()
    {
        foreach (var input in Model.Graph.Inputs.Where(i => !Model.Graph.Initializers.Contains(i.Name) || _constants.IsOverridable(i.Name)))
            _ties.PinAll(input.Name, _constants.IsOverridable(input.Name) ? $"'{input.Name}' is an input of the graph, whose default a caller may replace" : $"'{input.Name}' is an input of the graph");
        foreach (var output in Model.Graph.Outputs) _ties.PinAll(output.Name, $"'{output.Name}' is an output of the graph");
        foreach (var captured in Model.Graph.Nodes.SelectMany(GraphNames.Captured).Distinct()) _ties.PinAll(captured, $"'{captured}' is read inside a subgraph");
    }

    private void Follow(Node node, IReadOnlyDictionary<string, TensorType> types)
    {
        var opset = Model.Opsets.TryGetValue(Domains.Onnx, out var version) ? version : 0;
        var axes = new NodeAxes(node, opset, types, _constants, _ties);
        if (node.Inputs.Concat(node.Outputs).FirstOrDefault(v => v.Length > 0 && !axes.KnowsRank(v)) is { } unknown)
        {
            var reason = $"has '{unknown}', whose number of axes is not known";
            axes.Refuse(reason);
            // It is no producer then, and would be passed over in silence.
            if (node.OpType is Ops.Conv or Ops.ConvTranspose or Ops.Gemm or Ops.MatMul) _declined.Add(new PassNote(node.DisplayName, reason));
        }
        else
        {
            DependencyRules.Of(node)(axes);
        }
        axes.Finish();
        _producers.AddRange(axes.Producers.Select(p => p with { Weight = Source(p.Weight) }));
    }

    /// <summary>The tensor behind a weight that is passed on by name only, as exporters do with shared ones.</summary>
    private string Source(string weight)
    {
        while (_constants.Find(weight) is null && Model.Graph.Nodes.FirstOrDefault(n => n.Outputs.Contains(weight)) is { } node && node.Is(Ops.Identity)) weight = node.Inputs[0];
        return weight;
    }

    private List<ChannelGroup> GroupsOf()
    {
        var made = _producers.Distinct().ToLookup(p => (p.Weight, p.Axis));
        var groups = new List<ChannelGroup>();
        var byKey = new Dictionary<string, List<Channel>>();
        var kept = new Dictionary<Producer, (int Count, string Reason)>();
        foreach (var tied in _ties.Classes)
        {
            Producer[] producers = [.. tied.Select(slot => (slot.Value, slot.Axis)).Distinct().SelectMany(axis => made[axis])];
            if (producers.Length == 0) continue;
            if ((_ties.WhyPinned(tied.Key) ?? WhyUnranked(producers)) is { } reason)
            {
                foreach (var producer in producers) kept[producer] = (kept.GetValueOrDefault(producer).Count + tied.Count(s => s.Value == producer.Weight && s.Axis == producer.Axis), reason);
                continue;
            }
            producers = [.. producers.OrderBy(_producers.IndexOf)];
            var key = string.Join('\n', producers);
            if (!byKey.TryGetValue(key, out var channels))
            {
                byKey[key] = channels = [];
                groups.Add(new ChannelGroup(producers, channels));
            }
            channels.Add(new Channel([.. tied]));
        }
        foreach (var (producer, (count, reason)) in kept.OrderBy(k => _producers.IndexOf(k.Key)))
        {
            var size = _ties.Size(producer.Weight, producer.Axis);
            _declined.Add(new PassNote(producer.Layer, count == size ? reason : $"{count} of {size} channels stay: {reason}"));
        }
        return [.. groups.OrderBy(g => _producers.IndexOf(g.Producers[0]))];
    }

    private string? WhyUnranked(IEnumerable<Producer> producers) => producers
        .Where(p => _constants.Find(p.Weight) is not { ElementType: ElementType.Float or ElementType.Double })
        .Select(p => $"the weights of '{p.Layer}' are no constants of Float or Double").FirstOrDefault();
}
