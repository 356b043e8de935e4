using OnnxPipeline.Compression.Pruning.Dependencies;
using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Compression.Pruning.Channels;

/// <summary>Takes channels out of a model: weights get smaller, and so do the attributes and shapes that count channels.</summary>
internal static class ChannelRemover
{
    private const int ShapeInput = 1;

    /// <summary>A copy of the model without the channels, which must be of an analysis of it.</summary>
    public static Model Remove(Model source, IEnumerable<Channel> channels)
    {
        var removed = channels.SelectMany(c => c.Slots).GroupBy(s => (s.Value, s.Axis)).ToDictionary(g => g.Key, g => (IReadOnlySet<int>)g.Select(s => s.Index).ToHashSet());
        var model = source.Clone();
        if (removed.Count == 0) return model;

        var shapes = ShapeInference.Infer(source);
        foreach (var node in model.Graph.Nodes.Where(n => n.Domain == Domains.Onnx))
        {
            if (node.OpType is Ops.Conv) Regroup(node, shapes, removed);
            else if (node.OpType is Ops.Reshape) Reshape(model, node, shapes, removed);
            else if (node.OpType is Ops.Constant && ConstantTable.ValueOf(node) is { } value) ShrinkConstant(node, value, removed);
        }
        Shrink(model.Graph, removed);
        model.Graph.ValueInfos.Clear();
        // A rule that overlooked something would leave sizes that do not meet; better to fail here than to hand out such a model.
        ShapeInference.Infer(model);
        return model;
    }

    private static void Shrink(Graph graph, Dictionary<(string Value, int Axis), IReadOnlySet<int>> removed)
    {
        for (var i = 0; i < graph.Initializers.Count; i++)
        {
            var before = graph.Initializers[i];
            var after = Shrunk(before, removed);
            if (after == before) continue;
            graph.Initializers[i] = after;
            // Up to IR version 3 every initializer is an input as well.
            var input = graph.Inputs.FindIndex(v => v.Name == after.Name);
            if (input >= 0) graph.Inputs[input] = new Value(after.Name, after.Type);
        }
    }

    private static void ShrinkConstant(Node node, Initializer value, Dictionary<(string Value, int Axis), IReadOnlySet<int>> removed)
    {
        var shrunk = Shrunk(value, removed);
        if (shrunk == value) return;
        foreach (var attribute in node.AttributeNames.ToArray()) node.Remove(attribute);
        node.Set("value", shrunk);
    }

    private static Initializer Shrunk(Initializer tensor, Dictionary<(string Value, int Axis), IReadOnlySet<int>> removed)
    {
        for (var axis = 0; axis < tensor.Dims.Count; axis++)
        {
            if (removed.TryGetValue((tensor.Name, axis), out var indices)) tensor = TensorSlice.Without(tensor, axis, indices);
        }
        return tensor;
    }

    /// <summary>Whole groups went, so those that are left are as large as before.</summary>
    private static void Regroup(Node node, IReadOnlyDictionary<string, TensorType> shapes, Dictionary<(string Value, int Axis), IReadOnlySet<int>> removed)
    {
        var groups = node.Int("group", 1);
        if (groups == 1 || !removed.TryGetValue((node.Outputs[0], 1), out var indices)) return;
        var channels = shapes[node.Outputs[0]].Shape![1].Size!.Value;
        node.Set("group", groups * (channels - indices.Count) / channels);
    }

    /// <summary>Writes the new sizes into a constant shape; it may be another node's too, which keeps the old one.</summary>
    private static void Reshape(Model model, Node node, IReadOnlyDictionary<string, TensorType> shapes, Dictionary<(string Value, int Axis), IReadOnlySet<int>> removed)
    {
        if (!removed.Keys.Any(axis => axis.Value == node.Outputs[0])) return;
        var name = node.Inputs[ShapeInput];
        if (!model.Graph.Initializers.TryGet(name, out var tensor) && model.Graph.Nodes.FirstOrDefault(n => n.Is(Ops.Constant) && n.Outputs[0] == name) is { } constant) tensor = ConstantTable.ValueOf(constant);
        var sizes = tensor!.Span<long>().ToArray();
        for (var axis = 0; axis < sizes.Length; axis++)
        {
            if (sizes[axis] > 0 && removed.TryGetValue((node.Outputs[0], axis), out var indices)) sizes[axis] -= indices.Count;
        }
        if (sizes.AsSpan().SequenceEqual(tensor.Span<long>())) return;
        var names = GraphNames.All(model.Graph);
        var unique = $"{name}_pruned";
        for (var n = 1; names.Contains(unique); n++) unique = $"{name}_pruned{n}";
        var shape = Initializer.Create<long>(unique, sizes, sizes.Length);
        model.Graph.Initializers.Add(shape);
        if (model.IrVersion < ConstantTable.FirstIrWithConstants) model.Graph.Inputs.Add(new Value(unique, shape.Type));
        node.Inputs[ShapeInput] = unique;
        if (!model.Graph.Nodes.Any(n => n.Inputs.Contains(name))) model.Graph.Initializers.Remove(name);
    }
}
