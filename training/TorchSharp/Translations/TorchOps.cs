using OnnxPipeline.Training.TorchSharp.Graphs;

namespace OnnxPipeline.Training.TorchSharp.Translations;

/// <summary>The table: one op, one translation.</summary>
internal static class TorchOps
{
    private static readonly Dictionary<(string Domain, string OpType), TorchOp> Table = new()
    {
        [(Domains.Onnx, Ops.Add)] = TorchOp.Of(x => x[0].add(x[1])),
        [(Domains.Onnx, Ops.Sub)] = TorchOp.Of(x => x[0].sub(x[1])),
        [(Domains.Onnx, Ops.Mul)] = TorchOp.Of(x => x[0].mul(x[1])),
        [(Domains.Onnx, Ops.Div)] = TorchOp.Of(ElementwiseOps.Div),
        [(Domains.Onnx, Ops.Pow)] = TorchOp.Of(ElementwiseOps.Pow, Width.Full),
        [(Domains.Onnx, Ops.Sum)] = TorchOp.Composed(ElementwiseOps.Sum),
        [(Domains.Onnx, Ops.Mean)] = TorchOp.Composed(x => ElementwiseOps.Sum(x).div(x.Count)),
        [(Domains.Onnx, Ops.Max)] = TorchOp.Composed(x => x.All.Aggregate(torch.maximum), Width.Full),
        [(Domains.Onnx, Ops.Min)] = TorchOp.Composed(x => x.All.Aggregate(torch.minimum), Width.Full),
        [(Domains.Onnx, Ops.Where)] = TorchOp.Of(x => torch.where(x[0], x[1], x[2]), Width.Full),
        [(Domains.Onnx, Ops.Neg)] = TorchOp.Of(x => x[0].neg()),
        [(Domains.Onnx, Ops.Abs)] = TorchOp.Of(x => x[0].abs()),
        [(Domains.Onnx, Ops.Sign)] = TorchOp.Of(x => x[0].sign()),
        [(Domains.Onnx, Ops.Floor)] = TorchOp.Of(x => x[0].floor()),
        [(Domains.Onnx, Ops.Ceil)] = TorchOp.Of(x => x[0].ceil()),
        [(Domains.Onnx, Ops.Round)] = TorchOp.Of(x => x[0].round()),
        [(Domains.Onnx, Ops.Exp)] = TorchOp.Of(x => x[0].exp(), Width.Full),
        [(Domains.Onnx, Ops.Log)] = TorchOp.Of(x => x[0].log(), Width.Full),
        [(Domains.Onnx, Ops.Sqrt)] = TorchOp.Of(x => x[0].sqrt()),
        [(Domains.Onnx, Ops.Reciprocal)] = TorchOp.Of(x => x[0].reciprocal(), Width.Full),
        [(Domains.Onnx, Ops.Erf)] = TorchOp.Of(x => x[0].erf(), Width.Full),

        [(Domains.Onnx, Ops.Equal)] = TorchOp.Of(x => x[0].eq(x[1])),
        [(Domains.Onnx, Ops.Greater)] = TorchOp.Of(x => x[0].gt(x[1])),
        [(Domains.Onnx, Ops.GreaterOrEqual)] = TorchOp.Of(x => x[0].ge(x[1])),
        [(Domains.Onnx, Ops.Less)] = TorchOp.Of(x => x[0].lt(x[1])),
        [(Domains.Onnx, Ops.LessOrEqual)] = TorchOp.Of(x => x[0].le(x[1])),
        [(Domains.Onnx, Ops.And)] = TorchOp.Of(x => x[0].logical_and(x[1])),
        [(Domains.Onnx, Ops.Or)] = TorchOp.Of(x => x[0].logical_or(x[1])),
        [(Domains.Onnx, Ops.Xor)] = TorchOp.Of(x => x[0].logical_xor(x[1])),
        [(Domains.Onnx, Ops.Not)] = TorchOp.Of(x => x[0].logical_not()),
        [(Domains.Onnx, Ops.IsNaN)] = TorchOp.Of(x => x[0].isnan()),

        [(Domains.Onnx, Ops.Sin)] = TorchOp.Of(x => x[0].sin()),
        [(Domains.Onnx, Ops.Cos)] = TorchOp.Of(x => x[0].cos()),
        [(Domains.Onnx, Ops.Tan)] = TorchOp.Of(x => x[0].tan(), Width.Full),
        [(Domains.Onnx, Ops.Sinh)] = TorchOp.Of(x => x[0].sinh(), Width.Full),
        [(Domains.Onnx, Ops.Cosh)] = TorchOp.Of(x => x[0].cosh(), Width.Full),
        [(Domains.Onnx, Ops.Asin)] = TorchOp.Of(x => x[0].asin(), Width.Full),
        [(Domains.Onnx, Ops.Acos)] = TorchOp.Of(x => x[0].acos(), Width.Full),
        [(Domains.Onnx, Ops.Atan)] = TorchOp.Of(x => x[0].atan()),
        [(Domains.Onnx, Ops.Asinh)] = TorchOp.Of(x => x[0].asinh(), Width.Full),
        [(Domains.Onnx, Ops.Acosh)] = TorchOp.Of(x => x[0].acosh(), Width.Full),
        [(Domains.Onnx, Ops.Atanh)] = TorchOp.Of(x => x[0].atanh(), Width.Full),

        [(Domains.Onnx, Ops.Relu)] = TorchOp.Of(x => x[0].relu()),
        [(Domains.Onnx, Ops.LeakyRelu)] = TorchOp.Of(RectifierOps.LeakyRelu),
        [(Domains.Onnx, Ops.PRelu)] = TorchOp.Composed(RectifierOps.PRelu, Width.Full),
        [(Domains.Onnx, Ops.Elu)] = TorchOp.Composed(RectifierOps.Elu, Width.Full),
        [(Domains.Onnx, Ops.Selu)] = TorchOp.Composed(RectifierOps.Selu, Width.Full),
        [(Domains.Onnx, Ops.Celu)] = TorchOp.Composed(RectifierOps.Celu, Width.Full),
        [(Domains.Onnx, Ops.ThresholdedRelu)] = TorchOp.Composed(RectifierOps.ThresholdedRelu),
        [(Domains.Onnx, Ops.Clip)] = TorchOp.Composed(RectifierOps.Clip),
        [(Domains.Onnx, Ops.HardSigmoid)] = TorchOp.Composed(RectifierOps.HardSigmoid),
        [(Domains.Onnx, Ops.HardSwish)] = TorchOp.Of(x => x[0].hardswish()),

        [(Domains.Onnx, Ops.Tanh)] = TorchOp.Of(x => x[0].tanh()),
        [(Domains.Onnx, Ops.Sigmoid)] = TorchOp.Of(x => x[0].sigmoid()),
        [(Domains.Onnx, Ops.Softplus)] = TorchOp.Of(x => F.softplus(x[0]), Width.Full),
        [(Domains.Onnx, Ops.Softsign)] = TorchOp.Composed(x => x[0].div(x[0].abs().add(1))),
        [(Domains.Onnx, Ops.Mish)] = TorchOp.Composed(x => x[0].mul(F.softplus(x[0]).tanh()), Width.Full),
        [(Domains.Onnx, Ops.Swish)] = TorchOp.Composed(node => ActivationOps.Swish(node, alpha: 1)),
        [(Domains.Microsoft, Ops.QuickGelu)] = TorchOp.Composed(node => ActivationOps.Swish(node, alpha: 1.702f)),
        [(Domains.Onnx, Ops.Gelu)] = TorchOp.Composed(ActivationOps.Gelu),
        [(Domains.Microsoft, Ops.Gelu)] = TorchOp.Composed(ActivationOps.Gelu),
        [(Domains.Microsoft, Ops.BiasGelu)] = TorchOp.Composed(x => ActivationOps.WithBias(x).gelu()),
        [(Domains.Microsoft, Ops.FastGelu)] = TorchOp.Composed(x => ActivationOps.GeluByTanh(ActivationOps.WithBias(x))),
        [(Domains.Onnx, Ops.Softmax)] = TorchOp.Composed(ActivationOps.Softmax, Width.Full),
        [(Domains.Onnx, Ops.LogSoftmax)] = TorchOp.Composed(ActivationOps.LogSoftmax, Width.Full),

        [(Domains.Onnx, Ops.Gemm)] = TorchOp.Composed(MatrixOps.Gemm, Width.Half),
        [(Domains.Onnx, Ops.MatMul)] = TorchOp.Of(x => x[0].matmul(x[1]), Width.Half),
        [(Domains.Microsoft, Ops.FusedMatMul)] = TorchOp.Composed(MatrixOps.FusedMatMul, Width.Half),
        [(Domains.Onnx, Ops.Einsum)] = TorchOp.Of(MatrixOps.Einsum, Width.Half),
        [(Domains.Onnx, Ops.Conv)] = TorchOp.Composed(ConvOps.Conv, Width.Half),
        [(Domains.Onnx, Ops.ConvTranspose)] = TorchOp.Composed(ConvTransposeOps.ConvTranspose, Width.Half),
        [(Domains.Onnx, Ops.Resize)] = TorchOp.Composed(ResizeOps.Resize, Width.Full),

        [(Domains.Onnx, Ops.BatchNormalization)] = TorchOp.Several(NormalizationOps.BatchNormalization, Width.Full),
        [(Domains.Onnx, Ops.LayerNormalization)] = TorchOp.Composed(NormalizationOps.LayerNormalization, Width.Full),
        [(Domains.Onnx, Ops.InstanceNormalization)] = TorchOp.Of(NormalizationOps.InstanceNormalization, Width.Full),
        [(Domains.Onnx, Ops.GroupNormalization)] = TorchOp.Composed(NormalizationOps.GroupNormalization, Width.Full),
        [(Domains.Onnx, Ops.LpNormalization)] = TorchOp.Composed(NormalizationOps.LpNormalization, Width.Full),

        [(Domains.Onnx, Ops.MaxPool)] = TorchOp.Composed(PoolingOps.MaxPool),
        [(Domains.Onnx, Ops.AveragePool)] = TorchOp.Composed(PoolingOps.AveragePool),
        [(Domains.Onnx, Ops.GlobalAveragePool)] = TorchOp.Of(PoolingOps.GlobalAverage),
        [(Domains.Onnx, Ops.GlobalMaxPool)] = TorchOp.Of(PoolingOps.GlobalMax),

        [(Domains.Onnx, Ops.Identity)] = TorchOp.Of(x => x[0]),
        [(Domains.Onnx, Ops.Dropout)] = TorchOp.Of(x => x[0]),
        [(Domains.Onnx, Ops.Constant)] = TorchOp.Of(ShapeOps.Constant),
        [(Domains.Onnx, Ops.ConstantOfShape)] = TorchOp.Of(ShapeOps.ConstantOfShape),
        [(Domains.Onnx, Ops.Cast)] = TorchOp.Of(ShapeOps.Cast),
        [(Domains.Onnx, Ops.Shape)] = TorchOp.Of(ShapeOps.Shape),
        [(Domains.Onnx, Ops.Flatten)] = TorchOp.Of(ShapeOps.Flatten),
        [(Domains.Onnx, Ops.Reshape)] = TorchOp.Of(ShapeOps.Reshape),
        [(Domains.Onnx, Ops.Squeeze)] = TorchOp.Of(ShapeOps.Squeeze),
        [(Domains.Onnx, Ops.Unsqueeze)] = TorchOp.Of(ShapeOps.Unsqueeze),
        [(Domains.Onnx, Ops.Transpose)] = TorchOp.Of(ShapeOps.Transpose),
        [(Domains.Onnx, Ops.Concat)] = TorchOp.Of(ShapeOps.Concat, Width.Full),
        [(Domains.Onnx, Ops.Expand)] = TorchOp.Of(ShapeOps.Expand),
        [(Domains.Onnx, Ops.Tile)] = TorchOp.Of(ShapeOps.Tile),
        [(Domains.Onnx, Ops.DepthToSpace)] = TorchOp.Composed(RearrangingOps.DepthToSpace),
        [(Domains.Onnx, Ops.SpaceToDepth)] = TorchOp.Composed(RearrangingOps.SpaceToDepth),
        [(Domains.Onnx, Ops.Trilu)] = TorchOp.Of(RearrangingOps.Trilu),
        [(Domains.Onnx, Ops.CumSum)] = TorchOp.Composed(RearrangingOps.CumSum),

        [(Domains.Onnx, Ops.Slice)] = TorchOp.Composed(SlicingOps.Slice),
        [(Domains.Onnx, Ops.Split)] = TorchOp.Several(SlicingOps.Split),
        [(Domains.Onnx, Ops.Pad)] = TorchOp.Composed(SlicingOps.Pad),

        [(Domains.Onnx, Ops.Gather)] = TorchOp.Composed(IndexingOps.Gather),
        [(Domains.Onnx, Ops.GatherElements)] = TorchOp.Composed(IndexingOps.GatherElements),
        [(Domains.Onnx, Ops.GatherND)] = TorchOp.Composed(IndexingOps.GatherND),
        [(Domains.Onnx, Ops.TopK)] = TorchOp.Several(IndexingOps.TopK),
        [(Domains.Onnx, Ops.OneHot)] = TorchOp.Composed(IndexingOps.OneHot),
        [(Domains.Onnx, Ops.ArgMax)] = TorchOp.Of(IndexingOps.ArgMax),

        [(Domains.Onnx, Ops.ReduceSum)] = TorchOp.Of(node => ReductionOps.Over(node, (x, axes, keep) => x.sum(axes, keep)), Width.Full),
        [(Domains.Onnx, Ops.ReduceMean)] = TorchOp.Of(node => ReductionOps.Over(node, (x, axes, keep) => x.mean(axes, keep)), Width.Full),
        [(Domains.Onnx, Ops.ReduceMax)] = TorchOp.Of(node => ReductionOps.Over(node, (x, axes, keep) => x.amax(axes, keep))),
        [(Domains.Onnx, Ops.ReduceMin)] = TorchOp.Of(node => ReductionOps.Over(node, (x, axes, keep) => x.amin(axes, keep))),
        [(Domains.Onnx, Ops.ReduceL1)] = TorchOp.Composed(node => ReductionOps.Over(node, (x, axes, keep) => x.abs().sum(axes, keep)), Width.Full),
        [(Domains.Onnx, Ops.ReduceL2)] = TorchOp.Composed(node => ReductionOps.Over(node, (x, axes, keep) => x.square().sum(axes, keep).sqrt()), Width.Full),
        [(Domains.Onnx, Ops.ReduceSumSquare)] = TorchOp.Composed(node => ReductionOps.Over(node, (x, axes, keep) => x.square().sum(axes, keep)), Width.Full),
        [(Domains.Onnx, Ops.ReduceLogSum)] = TorchOp.Composed(node => ReductionOps.Over(node, (x, axes, keep) => x.sum(axes, keep).log()), Width.Full),
        [(Domains.Onnx, Ops.ReduceLogSumExp)] = TorchOp.Composed(node => ReductionOps.Over(node, ReductionOps.LogSumExp), Width.Full),

        [(Domains.Onnx, Ops.QuantizeLinear)] = TorchOp.Composed(QuantizationOps.QuantizeLinear, Width.Full),
        [(Domains.Onnx, Ops.DequantizeLinear)] = TorchOp.Composed(QuantizationOps.DequantizeLinear, Width.Full),

        [(Domains.Onnx, Ops.SoftmaxCrossEntropyLoss)] = TorchOp.Several(LossOps.SoftmaxCrossEntropyLoss, Width.Full),
    };

    public static TorchOp? Find(Node node) => Table.GetValueOrDefault((node.Domain, node.OpType));

    /// <summary>The ops that have a translation, for messages.</summary>
    public static IEnumerable<string> Known => Table.Keys.Select(k => k.Domain.Length == 0 ? k.OpType : $"{k.Domain}.{k.OpType}").Order(StringComparer.Ordinal);
}
