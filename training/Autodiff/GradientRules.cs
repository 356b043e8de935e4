using OnnxPipeline.Training.Autodiff.Rules;

namespace OnnxPipeline.Training.Autodiff;

/// <summary>Writes the gradient of each input of a node, given those of its outputs: a value's name, or null for none.</summary>
internal delegate IReadOnlyList<string?> GradientFunction(GradientContext context);

/// <summary>One op and its rule. Where inputs broadcast, the rule ignores that and the walk sums the gradient back to the input's shape.</summary>
internal sealed record GradientRule(GradientFunction Gradient, bool Broadcasts = false);

/// <summary>The table: one op, one rule.</summary>
internal static class GradientRules
{
    private static readonly Dictionary<(string Domain, string OpType), GradientRule> Table = new()
    {
        [(Domains.Onnx, Ops.Add)] = new(ElementwiseRules.Add, Broadcasts: true),
        [(Domains.Onnx, Ops.Sub)] = new(ElementwiseRules.Sub, Broadcasts: true),
        [(Domains.Onnx, Ops.Mul)] = new(ElementwiseRules.Mul, Broadcasts: true),
        [(Domains.Onnx, Ops.Div)] = new(ElementwiseRules.Div, Broadcasts: true),
        [(Domains.Onnx, Ops.Pow)] = new(ElementwiseRules.Pow, Broadcasts: true),
        [(Domains.Onnx, Ops.Sum)] = new(ElementwiseRules.Sum, Broadcasts: true),
        [(Domains.Onnx, Ops.Neg)] = new(ElementwiseRules.Neg),
        [(Domains.Onnx, Ops.Abs)] = new(ElementwiseRules.Abs),
        [(Domains.Onnx, Ops.Exp)] = new(ElementwiseRules.Exp),
        [(Domains.Onnx, Ops.Log)] = new(ElementwiseRules.Log),
        [(Domains.Onnx, Ops.Sqrt)] = new(ElementwiseRules.Sqrt),
        [(Domains.Onnx, Ops.Reciprocal)] = new(ElementwiseRules.Reciprocal),
        [(Domains.Onnx, Ops.Erf)] = new(ElementwiseRules.Erf),
        [(Domains.Onnx, Ops.Mean)] = new(ElementwiseRules.Mean, Broadcasts: true),
        [(Domains.Onnx, Ops.Max)] = new(SelectionRules.Extreme, Broadcasts: true),
        [(Domains.Onnx, Ops.Min)] = new(SelectionRules.Extreme, Broadcasts: true),
        [(Domains.Onnx, Ops.Where)] = new(SelectionRules.Where, Broadcasts: true),

        [(Domains.Onnx, Ops.Sin)] = new(TrigonometryRules.Sin),
        [(Domains.Onnx, Ops.Cos)] = new(TrigonometryRules.Cos),
        [(Domains.Onnx, Ops.Tan)] = new(TrigonometryRules.Tan),
        [(Domains.Onnx, Ops.Sinh)] = new(TrigonometryRules.Sinh),
        [(Domains.Onnx, Ops.Cosh)] = new(TrigonometryRules.Cosh),
        [(Domains.Onnx, Ops.Asin)] = new(TrigonometryRules.Asin),
        [(Domains.Onnx, Ops.Acos)] = new(TrigonometryRules.Acos),
        [(Domains.Onnx, Ops.Atan)] = new(TrigonometryRules.Atan),
        [(Domains.Onnx, Ops.Asinh)] = new(TrigonometryRules.Asinh),
        [(Domains.Onnx, Ops.Acosh)] = new(TrigonometryRules.Acosh),
        [(Domains.Onnx, Ops.Atanh)] = new(TrigonometryRules.Atanh),

        [(Domains.Onnx, Ops.Relu)] = new(RectifierRules.Relu),
        [(Domains.Onnx, Ops.LeakyRelu)] = new(RectifierRules.LeakyRelu),
        [(Domains.Onnx, Ops.PRelu)] = new(RectifierRules.PRelu, Broadcasts: true),
        [(Domains.Onnx, Ops.Elu)] = new(RectifierRules.Elu),
        [(Domains.Onnx, Ops.Selu)] = new(RectifierRules.Selu),
        [(Domains.Onnx, Ops.Celu)] = new(RectifierRules.Celu),
        [(Domains.Onnx, Ops.ThresholdedRelu)] = new(RectifierRules.ThresholdedRelu),
        [(Domains.Onnx, Ops.Clip)] = new(RectifierRules.Clip),
        [(Domains.Onnx, Ops.HardSigmoid)] = new(RectifierRules.HardSigmoid),
        [(Domains.Onnx, Ops.HardSwish)] = new(RectifierRules.HardSwish),
        [(Domains.Onnx, Ops.Tanh)] = new(ActivationRules.Tanh),
        [(Domains.Onnx, Ops.Sigmoid)] = new(ActivationRules.Sigmoid),
        [(Domains.Onnx, Ops.Softplus)] = new(ActivationRules.Softplus),
        [(Domains.Onnx, Ops.Gelu)] = new(ActivationRules.Gelu),
        [(Domains.Microsoft, Ops.Gelu)] = new(ActivationRules.Gelu),
        [(Domains.Microsoft, Ops.FastGelu)] = new(ActivationRules.BiasedGelu, Broadcasts: true),
        [(Domains.Microsoft, Ops.BiasGelu)] = new(ActivationRules.BiasedGelu, Broadcasts: true),
        [(Domains.Microsoft, Ops.QuickGelu)] = new(ActivationRules.Swish),
        [(Domains.Onnx, Ops.Swish)] = new(ActivationRules.Swish),
        [(Domains.Onnx, Ops.Mish)] = new(ActivationRules.Mish),
        [(Domains.Onnx, Ops.Softsign)] = new(ActivationRules.Softsign),
        [(Domains.Onnx, Ops.Softmax)] = new(ActivationRules.Softmax),
        [(Domains.Onnx, Ops.LogSoftmax)] = new(ActivationRules.LogSoftmax),

        [(Domains.Onnx, Ops.Gemm)] = new(MatrixRules.Gemm),
        [(Domains.Onnx, Ops.MatMul)] = new(MatrixRules.MatMul),
        [(Domains.Microsoft, Ops.FusedMatMul)] = new(MatrixRules.FusedMatMul),
        [(Domains.Onnx, Ops.Einsum)] = new(EinsumRules.Einsum),
        [(Domains.Onnx, Ops.Conv)] = new(ConvRules.Conv),
        [(Domains.Onnx, Ops.ConvTranspose)] = new(ConvTransposeRules.ConvTranspose),
        [(Domains.Onnx, Ops.Resize)] = new(ResizeRules.Resize),

        [(Domains.Onnx, Ops.BatchNormalization)] = new(NormalizationRules.BatchNormalization),
        [(Domains.Onnx, Ops.LayerNormalization)] = new(NormalizationRules.LayerNormalization),

        [(Domains.Onnx, Ops.InstanceNormalization)] = new(NormalizationRules.InstanceNormalization),
        [(Domains.Onnx, Ops.GroupNormalization)] = new(NormalizationRules.GroupNormalization),
        [(Domains.Onnx, Ops.LpNormalization)] = new(NormalizationRules.LpNormalization),

        [(Domains.Onnx, Ops.MaxPool)] = new(PoolingRules.MaxPool),
        [(Domains.Onnx, Ops.AveragePool)] = new(PoolingRules.AveragePool),
        [(Domains.Onnx, Ops.GlobalAveragePool)] = new(PoolingRules.GlobalAveragePool),
        [(Domains.Onnx, Ops.GlobalMaxPool)] = new(PoolingRules.GlobalMaxPool),

        [(Domains.Onnx, Ops.Flatten)] = new(ShapeRules.Reshape),
        [(Domains.Onnx, Ops.Reshape)] = new(ShapeRules.Reshape),
        [(Domains.Onnx, Ops.Squeeze)] = new(ShapeRules.Reshape),
        [(Domains.Onnx, Ops.Unsqueeze)] = new(ShapeRules.Reshape),
        [(Domains.Onnx, Ops.Transpose)] = new(ShapeRules.Transpose),
        [(Domains.Onnx, Ops.Concat)] = new(ShapeRules.Concat),
        [(Domains.Onnx, Ops.Identity)] = new(ShapeRules.Identity),
        [(Domains.Onnx, Ops.Dropout)] = new(ShapeRules.Identity),
        [(Domains.Onnx, Ops.Cast)] = new(ShapeRules.Cast),

        [(Domains.Onnx, Ops.Expand)] = new(ShapeRules.Expand, Broadcasts: true),
        [(Domains.Onnx, Ops.Slice)] = new(SlicingRules.Slice),
        [(Domains.Onnx, Ops.Split)] = new(SlicingRules.Split),
        [(Domains.Onnx, Ops.Pad)] = new(SlicingRules.Pad),
        [(Domains.Onnx, Ops.Tile)] = new(SlicingRules.Tile),
        [(Domains.Onnx, Ops.DepthToSpace)] = new(RearrangingRules.DepthToSpace),
        [(Domains.Onnx, Ops.SpaceToDepth)] = new(RearrangingRules.SpaceToDepth),
        [(Domains.Onnx, Ops.Trilu)] = new(RearrangingRules.Trilu),
        [(Domains.Onnx, Ops.CumSum)] = new(RearrangingRules.CumSum),

        [(Domains.Onnx, Ops.Gather)] = new(IndexingRules.Gather),
        [(Domains.Onnx, Ops.GatherElements)] = new(IndexingRules.GatherElements),
        [(Domains.Onnx, Ops.GatherND)] = new(IndexingRules.GatherND),
        [(Domains.Onnx, Ops.TopK)] = new(IndexingRules.TopK),

        [(Domains.Onnx, Ops.ReduceSum)] = new(ReductionRules.ReduceSum),
        [(Domains.Onnx, Ops.ReduceMean)] = new(ReductionRules.ReduceMean),
        [(Domains.Onnx, Ops.ReduceMax)] = new(ReductionRules.Extreme),
        [(Domains.Onnx, Ops.ReduceMin)] = new(ReductionRules.Extreme),
        [(Domains.Onnx, Ops.ReduceL1)] = new(ReductionRules.ReduceL1),
        [(Domains.Onnx, Ops.ReduceL2)] = new(ReductionRules.ReduceL2),
        [(Domains.Onnx, Ops.ReduceSumSquare)] = new(ReductionRules.ReduceSumSquare),
        [(Domains.Onnx, Ops.ReduceLogSum)] = new(ReductionRules.ReduceLogSum),
        [(Domains.Onnx, Ops.ReduceLogSumExp)] = new(ReductionRules.ReduceLogSumExp),

        [(Domains.Onnx, Ops.QuantizeLinear)] = new(QuantizationRules.QuantizeLinear),
        [(Domains.Onnx, Ops.DequantizeLinear)] = new(QuantizationRules.DequantizeLinear),

        [(Domains.Onnx, Ops.SoftmaxCrossEntropyLoss)] = new(LossRules.SoftmaxCrossEntropyLoss),
    };

    public static GradientRule? Find(Node node) => Table.GetValueOrDefault((node.Domain, node.OpType));

    /// <summary>The ops that have a rule, for messages.</summary>
    public static IEnumerable<string> Known => Table.Keys.Select(k => k.Domain.Length == 0 ? k.OpType : $"{k.Domain}.{k.OpType}").Order(StringComparer.Ordinal);
}
