using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Opsets;

/// <summary>Normalisations between versions, and as the older operators that they are made of.</summary>
internal static class NormalizationOpsets
{
    private const string TrainingMode = "training_mode";
    private const float DefaultEpsilon = 1e-5f;

    /// <summary>Up to opset 13 a BatchNormalization that gives out more than its result trains.</summary>
    public static string? BatchTo14(Node node, OpsetGraph graph)
    {
        if (node.Outputs.Skip(1).Any(o => o.Length > 0)) return "it is in training form; deploy the model's inference form first";
        while (node.Outputs.Count > 1) node.Outputs.RemoveAt(1);
        return null;
    }

    public static string? BatchTo13(Node node, OpsetGraph graph)
    {
        if (node.Int(TrainingMode, 0) != 0) return "it is in training form, whose outputs are others in the older version";
        node.Remove(TrainingMode);
        return null;
    }

    /// <summary>(x − mean) / √(variance + ε) · scale + bias, over the last axes.</summary>
    public static string? Layer(Node node, OpsetGraph graph)
    {
        var x = node.Inputs[0];
        if (graph.ElementOf(x) is not { } type || type is not ElementType.Float) return $"its input '{x}' is {graph.ElementOf(x)?.ToString() ?? "of no known type"}; only Float is taken apart";
        if (graph.ShapeOf(x) is not { } shape) return $"the rank of '{x}' is not known";
        if (node.Outputs.Skip(1).FirstOrDefault(graph.IsUsed) is { } statistics) return $"its output '{statistics}' is used";
        var axis = (int)node.Int("axis", -1);
        long[] axes = [.. Enumerable.Range(axis < 0 ? axis + shape.Rank : axis, axis < 0 ? -axis : shape.Rank - axis).Select(a => (long)a)];
        var reduced = new TensorShape([.. shape.Select((d, i) => axes.Contains(i) ? 1 : d)]);
        string Mean(string value) => graph.Emit(node, Ops.ReduceMean, [value], reduced, attributes: n => n.Set("axes", axes));

        var centred = graph.Emit(node, Ops.Sub, [x, Mean(x)]);
        var variance = Mean(graph.Emit(node, Ops.Mul, [centred, centred]));
        var deviation = graph.Emit(node, Ops.Sqrt, [graph.Emit(node, Ops.Add, [variance, graph.Number($"{node.Outputs[0]}/epsilon", type, node.Float("epsilon", DefaultEpsilon))])]);
        var normal = graph.Emit(node, Ops.Div, [centred, deviation]);
        if (node.Input(2) is not { } bias) graph.Emit(node, Ops.Mul, [normal, node.Inputs[1]], last: true);
        else graph.Emit(node, Ops.Add, [graph.Emit(node, Ops.Mul, [normal, node.Inputs[1]]), bias], last: true);
        return null;
    }

    /// <summary>A scale and a bias for each group become one for each channel.</summary>
    public static string? GroupTo21(Node node, OpsetGraph graph)
    {
        if (graph.ShapeOf(node.Inputs[0]) is not [_, { Size: { } channels }, ..]) return $"the number of channels of '{node.Inputs[0]}' is not known";
        var tensors = new Initializer[2];
        for (var input = 1; input <= 2; input++)
        {
            if (graph.ConstantOf(node.Inputs[input]) is not { } tensor || TensorReader.ToDoubles(tensor) is not { } values) return $"its input '{node.Inputs[input]}' is no constant of Float or Double";
            var each = (int)(channels / values.Length);
            tensors[input - 1] = TensorReader.FromDoubles($"{tensor.Name}_by_channel", tensor.ElementType, [.. values.SelectMany(v => Enumerable.Repeat(v, each))], channels);
        }
        for (var input = 1; input <= 2; input++) node.Inputs[input] = graph.Constant(tensors[input - 1]);
        return null;
    }

    /// <summary>A scale and a bias for each channel: InstanceNormalization of the groups, then these.</summary>
    public static string? GroupTo20(Node node, OpsetGraph graph)
    {
        if (WhyNotGroups(node, graph) is { } reason) return reason;
        var (x, type) = (node.Inputs[0], graph.ElementOf(node.Inputs[0])!.Value);
        var groups = node.Int("num_groups", 1);
        var ones = graph.Constant(TensorReader.FromDoubles($"{node.Outputs[0]}/ones", type, [.. Enumerable.Repeat(1.0, (int)groups)], groups));
        var zeros = graph.Constant(TensorReader.FromDoubles($"{node.Outputs[0]}/zeros", type, new double[groups], groups));
        var normal = Grouped(node, graph, ones, zeros, last: false);
        // One value a channel, stretched over the axes after it.
        var rank = graph.ShapeOf(x)!.Rank;
        var channels = graph.ShapeOf(x)![1].Size!.Value;
        long[] sizes = [channels, .. Enumerable.Repeat(1L, rank - 2)];
        string Aligned(int input) => graph.Emit(node, Ops.Reshape, [node.Inputs[input], graph.Longs($"{node.Outputs[0]}/channels", sizes)], TensorShape.Of(sizes));
        graph.Emit(node, Ops.Add, [graph.Emit(node, Ops.Mul, [normal, Aligned(1)]), Aligned(2)], last: true);
        return null;
    }

    /// <summary>A scale and a bias for each group: InstanceNormalization of the groups has just these.</summary>
    public static string? GroupTo17(Node node, OpsetGraph graph)
    {
        if (WhyNotGroups(node, graph) is { } reason) return reason;
        Grouped(node, graph, node.Inputs[1], node.Inputs[2], last: true);
        return null;
    }

    private static string? WhyNotGroups(Node node, OpsetGraph graph)
    {
        var x = node.Inputs[0];
        if (graph.ElementOf(x) is not ElementType.Float) return $"its input '{x}' is {graph.ElementOf(x)?.ToString() ?? "of no known type"}; only Float is taken apart";
        return graph.ShapeOf(x) is [_, { Size: not null }, ..] ? null : $"the number of channels of '{x}' is not known";
    }

    private static string Grouped(Node node, OpsetGraph graph, string scale, string bias, bool last)
    {
        var (x, groups) = (node.Inputs[0], node.Int("num_groups", 1));
        var shape = graph.ShapeOf(x)!;
        var folded = new TensorShape(shape[0], groups, Dimension.Unknown);
        var sizes = graph.Emit(node, Ops.Shape, [x], TensorShape.Of(shape.Rank));
        var together = graph.Emit(node, Ops.Reshape, [x, graph.Longs($"{node.Outputs[0]}/groups", 0, groups, -1)], folded);
        var normal = graph.Emit(node, Ops.InstanceNormalization, [together, scale, bias], folded, attributes: n => n.Set("epsilon", node.Float("epsilon", DefaultEpsilon)));
        return graph.Emit(node, Ops.Reshape, [normal, sizes], shape, last);
    }
}
