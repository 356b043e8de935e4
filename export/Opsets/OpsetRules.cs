using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Opsets;

/// <summary>Brings a node over one change of its operator's definition; returns why that cannot be, or null when it is done.</summary>
internal delegate string? OpsetRule(Node node, OpsetGraph graph);

/// <summary>What one version changed of one operator, besides the types that it takes.</summary>
/// <param name="Up">From the version before to this one; null where an old node means the same.</param>
/// <param name="Down">From this version to the one before; null where a new node of older types means the same.</param>
internal sealed record OpsetChange(OpsetRule? Up = null, OpsetRule? Down = null);

/// <summary>The changes that matter, operator by operator. Source: https://github.com/onnx/onnx/blob/main/docs/Changelog.md.</summary>
internal static class OpsetRules
{
    private static readonly string[] Reductions =
        [Ops.ReduceL1, Ops.ReduceL2, Ops.ReduceLogSum, Ops.ReduceLogSumExp, Ops.ReduceMax, Ops.ReduceMean, Ops.ReduceMin, Ops.ReduceProd, Ops.ReduceSumSquare];

    private static readonly Dictionary<(string Op, long Version), OpsetChange> Changes = new()
    {
        [(Ops.BatchNormalization, 14)] = new(NormalizationOpsets.BatchTo14, NormalizationOpsets.BatchTo13),
        [("GRU", 14)] = new(Down: Default("layout", 0)),
        [("LSTM", 14)] = new(Down: Default("layout", 0)),
        [("RNN", 14)] = new(Down: Default("layout", 0)),
        [(Ops.HardSwish, 14)] = new(Down: ActivationOpsets.HardSwish),
        [(Ops.Reshape, 14)] = new(Down: LayoutOpsets.ReshapeTo13),
        [(Ops.CastLike, 15)] = new(Down: LayoutOpsets.CastLike),
        [(Ops.Shape, 15)] = new(Down: LayoutOpsets.ShapeTo14),
        [("RoiAlign", 16)] = new(Mode("coordinate_transformation_mode", "output_half_pixel"), OnlyMode("coordinate_transformation_mode", "half_pixel", "output_half_pixel")),
        [(Ops.ScatterElements, 16)] = new(Down: OnlyMode("reduction", "none", "none")),
        [(Ops.ScatterND, 16)] = new(Down: OnlyMode("reduction", "none", "none")),
        [(Ops.LayerNormalization, 17)] = new(Down: NormalizationOpsets.Layer),
        [(Ops.GroupNormalization, 18)] = new(Down: NormalizationOpsets.GroupTo17),
        [(Ops.LpPool, 18)] = new(Down: Both(Ones("dilations"), Default("ceil_mode", 0))),
        [(Ops.Mish, 18)] = new(Down: ActivationOpsets.Mish),
        [(Ops.Pad, 18)] = new(Down: LayoutOpsets.PadTo17),
        [(Ops.Resize, 18)] = new(Down: LayoutOpsets.ResizeTo17),
        [(Ops.ScatterElements, 18)] = new(Down: LayoutOpsets.ScatterTo17),
        [(Ops.ScatterND, 18)] = new(Down: LayoutOpsets.ScatterTo17),
        [(Ops.Split, 18)] = new(LayoutOpsets.SplitTo18, LayoutOpsets.SplitTo17),
        [(Ops.AveragePool, 19)] = new(WindowOpsets.AveragePool, Both(Ones("dilations"), WindowOpsets.AveragePool)),
        [(Ops.Cast, 19)] = new(Down: Without("saturate")),
        [(Ops.CastLike, 19)] = new(Down: Without("saturate")),
        [(Ops.QuantizeLinear, 19)] = new(Down: Without("saturate")),
        [(Ops.Pad, 19)] = new(Down: LayoutOpsets.PadTo18),
        [(Ops.Resize, 19)] = new(Down: LayoutOpsets.ResizeTo18),
        [(Ops.Gelu, 20)] = new(Down: ActivationOpsets.Gelu),
        [("GridSample", 20)] = new(LayoutOpsets.GridSampleTo20, LayoutOpsets.GridSampleTo19),
        [(Ops.DequantizeLinear, 21)] = new(Down: QuantizationOpsets.DequantizeTo20),
        [(Ops.QuantizeLinear, 21)] = new(Down: QuantizationOpsets.QuantizeTo20),
        [(Ops.GroupNormalization, 21)] = new(NormalizationOpsets.GroupTo21, NormalizationOpsets.GroupTo20),
    };

    /// <summary>Operators that changed in a way that no rule here covers.</summary>
    private static readonly HashSet<(string, long)> Unproved = [("DFT", 20), ("OptionalGetElement", 18), ("OptionalHasElement", 18)];

    static OpsetRules()
    {
        foreach (var op in Reductions) Changes[(op, 18)] = new(ReductionOpsets.To18, ReductionOpsets.To17);
    }

    /// <summary>Brings a node to a version of the operator set from the one before.</summary>
    public static string? Up(Node node, long version, OpsetGraph graph)
    {
        if (WhyUnknown(node, version) is { } unknown) return unknown;
        return OpsetHistory.Changed(node.OpType, version) && Changes.TryGetValue((node.OpType, version), out var change) ? change.Up?.Invoke(node, graph) : null;
    }

    /// <summary>Brings a node from a version of the operator set to the one before.</summary>
    public static string? Down(Node node, long version, OpsetGraph graph)
    {
        if (WhyUnknown(node, version) is { } unknown) return unknown;
        if (!OpsetHistory.Changed(node.OpType, version)) return null;
        var change = Changes.GetValueOrDefault((node.OpType, version));
        if (OpsetHistory.Since(node.OpType) == version && change?.Down is null) return $"{node.OpType} came with opset {version}, and nothing older is known that does the same";
        return OpsetTypes.WhyNotBefore(node, version, graph) ?? change?.Down?.Invoke(node, graph);
    }

    private static string? WhyUnknown(Node node, long version)
    {
        if (OpsetHistory.Since(node.OpType) is null) return $"{node.OpType} is no operator of opset {OpsetHistory.Oldest} to {OpsetHistory.Newest} that is known here";
        return Unproved.Contains((node.OpType, version)) ? $"opset {version} changed {node.OpType} in a way that is not converted here" : null;
    }

    private static OpsetRule Both(OpsetRule first, OpsetRule second) => (node, graph) => first(node, graph) ?? second(node, graph);

    /// <summary>The attribute may go, since what it is for needs types that the older version lacks.</summary>
    private static OpsetRule Without(string attribute) => (node, _) =>
    {
        node.Remove(attribute);
        return null;
    };

    /// <summary>The attribute may go when it has its default.</summary>
    private static OpsetRule Default(string attribute, long value) => (node, _) =>
    {
        if (node.Int(attribute, value) != value) return $"its attribute '{attribute}' is {node.Int(attribute, value)}; the older version knows only {value}";
        node.Remove(attribute);
        return null;
    };

    private static OpsetRule Ones(string attribute) => (node, _) =>
    {
        if (node.Ints(attribute)?.Any(v => v != 1) ?? false) return $"its attribute '{attribute}' is [{string.Join(",", node.Ints(attribute)!)}]; the older version knows only 1";
        node.Remove(attribute);
        return null;
    };

    private static OpsetRule Mode(string attribute, string value) => (node, _) =>
    {
        node.Set(attribute, value);
        return null;
    };

    private static OpsetRule OnlyMode(string attribute, string otherwise, string only) => (node, _) =>
    {
        var mode = node.String(attribute) ?? otherwise;
        if (mode != only) return $"its attribute '{attribute}' is '{mode}'; the older version knows only '{only}'";
        node.Remove(attribute);
        return null;
    };
}
