using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Opsets;

/// <summary>The element types that a version added to an operator; a node that uses one has no older form.</summary>
internal static class OpsetTypes
{
    private static readonly ElementType[] SmallIntegers = [ElementType.Int8, ElementType.UInt8, ElementType.Int16, ElementType.UInt16];
    private static readonly ElementType[] Integers = [.. SmallIntegers, ElementType.Int32, ElementType.Int64, ElementType.UInt32, ElementType.UInt64];
    private static readonly ElementType[] Eights = [ElementType.Float8E4M3FN, ElementType.Float8E4M3FNUZ, ElementType.Float8E5M2, ElementType.Float8E5M2FNUZ];
    private static readonly ElementType[] Fours = [ElementType.Int4, ElementType.UInt4];

    private static readonly Dictionary<(string Op, long Version), ElementType[]> Added = new()
    {
        [(Ops.Add, 14)] = SmallIntegers,
        [(Ops.Div, 14)] = SmallIntegers,
        [(Ops.Mul, 14)] = SmallIntegers,
        [(Ops.Sub, 14)] = SmallIntegers,
        [(Ops.Relu, 14)] = Integers,
        [(Ops.CumSum, 14)] = [ElementType.Float16, ElementType.BFloat16],
        [(Ops.Equal, 19)] = [ElementType.String],
        [(Ops.DequantizeLinear, 19)] = [.. Eights, ElementType.Float16, ElementType.BFloat16],
        [(Ops.QuantizeLinear, 19)] = [.. Eights, ElementType.Float16, ElementType.BFloat16],
        [(Ops.ConstantOfShape, 20)] = [.. Eights, ElementType.BFloat16],
        [(Ops.IsInf, 20)] = [.. Eights, ElementType.Float16, ElementType.BFloat16],
        [(Ops.IsNaN, 20)] = Eights,
        [(Ops.ReduceMax, 20)] = [ElementType.Bool],
        [(Ops.ReduceMin, 20)] = [ElementType.Bool],
        [(Ops.DequantizeLinear, 21)] = [.. Fours, ElementType.Int16, ElementType.UInt16],
        [(Ops.QuantizeLinear, 21)] = [.. Fours, ElementType.Int16, ElementType.UInt16],
        [("QLinearMatMul", 21)] = [.. Eights, ElementType.Float16, ElementType.BFloat16],
    };

    /// <summary>Why a node uses types that its operator did not take before this version, or null. A type that is not known might be one.</summary>
    public static string? WhyNotBefore(Node node, long version, OpsetGraph graph)
    {
        var added = Added.GetValueOrDefault((node.OpType, version)) ?? AddedToMany(version);
        if (added.Length == 0) return null;
        foreach (var value in node.Inputs.Append(node.Outputs[0]).Where(v => v.Length > 0))
        {
            if (graph.ElementOf(value) is not { } type) return $"the type of '{value}' is not known, and opset {version} added types to {node.OpType}";
            if (added.Contains(type)) return $"'{value}' is {type}, which {node.OpType} takes from opset {version} on";
        }
        return null;
    }

    /// <summary>What the other operators of a version gained.</summary>
    private static ElementType[] AddedToMany(long version) => version switch
    {
        15 or 16 or 22 => [ElementType.BFloat16],
        19 => Eights,
        21 => Fours,
        _ => [],
    };
}
