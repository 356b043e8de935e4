using OnnxPipeline.Models.Shapes;
using OnnxPipeline.Training.TorchSharp.Translations;

namespace OnnxPipeline.Training.TorchSharp.Graphs;

/// <summary>Makes graphs ready to run.</summary>
/// <param name="device">Where they run.</param>
/// <param name="half">The 16-bit type of products where the precision is mixed; null for float32 throughout.</param>
internal sealed class TorchCompiler(torch.Device device, ScalarType? half = null)
{
    /// <summary>Compiles what the outputs of a model need.</summary>
    /// <param name="model">The model; its initializers become constants.</param>
    /// <param name="outputs">The values to compute.</param>
    /// <exception cref="TrainingException">TorchSharp has no translation of some nodes; the message lists them all.</exception>
    public TorchGraph Compile(Model model, IReadOnlyCollection<string> outputs)
    {
        var graph = model.Graph;
        var nodes = Needed(graph, outputs, out var needed);
        var places = needed.Select((name, place) => (name, place)).ToDictionary(p => p.name, p => p.place, StringComparer.Ordinal);
        var constants = graph.Initializers.Where(t => places.ContainsKey(t.Name)).ToDictionary(t => places[t.Name], t => TorchTypes.Create(t, device));
        var inputs = graph.RequiredInputs.Where(i => places.ContainsKey(i.Name)).Select(i => places[i.Name]);
        try
        {
            return new TorchGraph(Steps(model, nodes, places, outputs), places, places.Count, constants, inputs);
        }
        catch
        {
            foreach (var constant in constants.Values) constant.Dispose();
            throw;
        }
    }

    private TorchStep[] Steps(Model model, Node[] nodes, Dictionary<string, int> places, IReadOnlyCollection<string> outputs)
    {
        var known = ShapeInference.InferAll(model);
        var problems = new List<string>();
        var steps = new List<TorchStep>();
        var lastUses = LastUses(model.Graph, nodes, outputs);
        foreach (var node in nodes)
        {
            var translated = new TorchNode(node, model, known, device);
            try
            {
                var op = TorchOps.Find(node) ?? throw TorchNode.Declined($"{node.QualifiedOpType} has no translation");
                steps.Add(new TorchStep(node, Placed(Widened(op.Translate(translated), op.Width), translated),
                    [.. node.Inputs.Select(name => name.Length == 0 ? -1 : places[name])],
                    [.. node.Outputs.Select(name => places.GetValueOrDefault(name, -1))],
                    [.. lastUses.GetValueOrDefault(node, []).Select(name => places[name])]));
            }
            catch (TrainingException problem)
            {
                problems.Add($"node '{node.DisplayName}': {problem.Message}");
            }
        }
        if (problems.Count > 0)
            throw new TrainingException($"The torch engine cannot run this model; {problems.Count} node(s) have no translation:\n  {string.Join("\n  ", problems)}\nOps with a translation: {string.Join(", ", TorchOps.Known)}. The engine 'ort' may have what is missing.");
        return [.. steps];
    }

    /// <summary>The nodes that outputs depend on, and the names of all values on the way.</summary>
    private static Node[] Needed(Graph graph, IReadOnlyCollection<string> outputs, out IReadOnlyCollection<string> values)
    {
        var needed = new HashSet<string>(outputs, StringComparer.Ordinal);
        var nodes = new List<Node>();
        foreach (var node in Enumerable.Reverse(graph.Nodes).Where(n => n.Outputs.Any(needed.Contains)))
        {
            needed.UnionWith(node.Inputs.Where(i => i.Length > 0));
            nodes.Add(node);
        }
        nodes.Reverse();
        values = needed;
        return [.. nodes];
    }

    /// <summary>What may go after each node: computed values that no later node reads and that are no outputs.</summary>
    private static Dictionary<Node, List<string>> LastUses(Graph graph, Node[] nodes, IReadOnlyCollection<string> outputs)
    {
        var kept = new HashSet<string>([.. outputs, .. graph.Initializers.Select(i => i.Name), .. graph.Inputs.Select(i => i.Name)], StringComparer.Ordinal);
        var uses = new Dictionary<Node, List<string>>();
        for (var i = nodes.Length - 1; i >= 0; i--) uses[nodes[i]] = [.. nodes[i].Inputs.Where(name => name.Length > 0 && kept.Add(name))];
        return uses;
    }

    /// <summary>With inputs cast to the width that the op computes in; as it is where all is float32.</summary>
    private TorchFunctions Widened(TorchFunctions function, Width width)
    {
        if (half is not { } narrow || width == Width.Any) return function;
        var (from, to) = width == Width.Half ? (ScalarType.Float32, narrow) : (narrow, ScalarType.Float32);
        return x =>
        {
            var cast = new Tensor?[x.Count];
            for (var i = 0; i < cast.Length; i++) cast[i] = x.Optional(i) is { } input && input.dtype == from ? input.to(to) : x.Optional(i);
            var outputs = function(new Arguments(cast));
            for (var i = 0; i < cast.Length; i++)
            {
                if (!ReferenceEquals(cast[i], x.Optional(i)) && !outputs.Any(output => ReferenceEquals(output, cast[i]))) cast[i]!.Dispose();
            }
            return outputs;
        };
    }

    /// <summary>With tensors of the host, such as indices, moved to where the others are; on the CPU all are.</summary>
    private TorchFunctions Placed(TorchFunctions function, TorchNode node)
    {
        if (device.type == DeviceType.CPU || node.Node.Inputs.Count < 2) return function;
        return x =>
        {
            using var scope = torch.NewDisposeScope();
            var moved = new Tensor?[x.Count];
            var onDevice = Enumerable.Range(0, x.Count).Any(i => x.Optional(i) is { } input && input.device_type != DeviceType.CPU);
            for (var i = 0; i < moved.Length; i++)
                moved[i] = onDevice && !node.HostInputs.Contains(i) && x.Optional(i) is { device_type: DeviceType.CPU } input ? input.to(device) : x.Optional(i);
            var outputs = function(new Arguments(moved));
            foreach (var output in outputs) output?.DetachFromDisposeScope();
            return outputs;
        };
    }
}
