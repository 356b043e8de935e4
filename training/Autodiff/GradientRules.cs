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
        [(Domains.Onnx, Ops.Sin)] = new(ElementwiseRules.Sin),
        [(Domains.Onnx, Ops.Cos)] = new(ElementwiseRules.Cos),
        [(Domains.Onnx, Ops.Tan)] = new(ElementwiseRules.Tan),

        [(Domains.Onnx, Ops.Relu)] = new(ActivationRules.Relu),
        [(Domains.Onnx, Ops.LeakyRelu)] = new(ActivationRules.LeakyRelu),
        [(Domains.Onnx, Ops.Tanh)] = new(ActivationRules.Tanh),
        [(Domains.Onnx, Ops.Sigmoid)] = new(ActivationRules.Sigmoid),
        [(Domains.Onnx, Ops.Softplus)] = new(ActivationRules.Softplus),
        [(Domains.Onnx, Ops.Gelu)] = new(ActivationRules.Gelu),
        [(Domains.Microsoft, Ops.Gelu)] = new(ActivationRules.Gelu),
        [(Domains.Onnx, Ops.Softmax)] = new(ActivationRules.Softmax),
        [(Domains.Onnx, Ops.LogSoftmax)] = new(ActivationRules.LogSoftmax),

        [(Domains.Onnx, Ops.Gemm)] = new(MatrixRules.Gemm),
        [(Domains.Onnx, Ops.MatMul)] = new(MatrixRules.MatMul),
        [(Domains.Onnx, Ops.Conv)] = new(ConvRules.Conv),

        [(Domains.Onnx, Ops.BatchNormalization)] = new(NormalizationRules.BatchNormalization),
        [(Domains.Onnx, Ops.LayerNormalization)] = new(NormalizationRules.LayerNormalization),

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

        [(Domains.Onnx, Ops.Gather)] = new(IndexingRules.Gather),

        [(Domains.Onnx, Ops.ReduceSum)] = new(ReductionRules.ReduceSum),
        [(Domains.Onnx, Ops.ReduceMean)] = new(ReductionRules.ReduceMean),

        [(Domains.Onnx, Ops.QuantizeLinear)] = new(QuantizationRules.QuantizeLinear),
        [(Domains.Onnx, Ops.DequantizeLinear)] = new(QuantizationRules.DequantizeLinear),

        [(Domains.Onnx, Ops.SoftmaxCrossEntropyLoss)] = new(LossRules.SoftmaxCrossEntropyLoss),
    };

    public static GradientRule? Find(Node node) => Table.GetValueOrDefault((node.Domain, node.OpType));

    /// <summary>The ops that have a rule, for messages.</summary>
    public static IEnumerable<string> Known => Table.Keys.Select(k => k.Domain.Length == 0 ? k.OpType : $"{k.Domain}.{k.OpType}").Order(StringComparer.Ordinal);
}
