namespace OnnxPipeline.Compression.Pruning.Dependencies;

/// <summary>Says which axes of a node's inputs and outputs go together.</summary>
internal delegate void DependencyRule(NodeAxes node);

/// <summary>One op, one rule. An op without a rule keeps all it reads and makes.</summary>
internal static class DependencyRules
{
    private static readonly Dictionary<string, DependencyRule> Standard = new()
    {
        [Ops.Conv] = ProductDependencies.Conv,
        [Ops.ConvTranspose] = ProductDependencies.ConvTranspose,
        [Ops.Gemm] = ProductDependencies.Gemm,
        [Ops.MatMul] = ProductDependencies.MatMul,

        [Ops.BatchNormalization] = ChannelDependencies.BatchNormalization,
        [Ops.InstanceNormalization] = ChannelDependencies.InstanceNormalization,
        [Ops.AveragePool] = ChannelDependencies.Pool,
        [Ops.MaxPool] = ChannelDependencies.Pool,
        [Ops.LpPool] = ChannelDependencies.Pool,
        [Ops.GlobalAveragePool] = ChannelDependencies.Pool,
        [Ops.GlobalMaxPool] = ChannelDependencies.Pool,

        [Ops.Concat] = LayoutDependencies.Concat,
        [Ops.Flatten] = LayoutDependencies.Regroup,
        [Ops.Reshape] = LayoutDependencies.Reshape,
        [Ops.Squeeze] = LayoutDependencies.Regroup,
        [Ops.Unsqueeze] = LayoutDependencies.Regroup,
        [Ops.Transpose] = LayoutDependencies.Transpose,
        [Ops.Pad] = LayoutDependencies.Pad,
        [Ops.Constant] = node => node.Free(node.Node.Outputs[0]),

        [Ops.ReduceL1] = LayoutDependencies.Reduce,
        [Ops.ReduceL2] = LayoutDependencies.Reduce,
        [Ops.ReduceMax] = LayoutDependencies.Reduce,
        [Ops.ReduceMean] = LayoutDependencies.Reduce,
        [Ops.ReduceMin] = LayoutDependencies.Reduce,
        [Ops.ReduceSum] = LayoutDependencies.Reduce,
        [Ops.ReduceSumSquare] = LayoutDependencies.Reduce,
        [Ops.Softmax] = LayoutDependencies.Softmax,
        [Ops.LogSoftmax] = LayoutDependencies.Softmax,
        [Ops.LayerNormalization] = LayoutDependencies.LayerNormalization,
    };

    private static readonly HashSet<string> Pointwise =
    [
        Ops.Abs, Ops.Cast, Ops.Ceil, Ops.Celu, Ops.Clip, Ops.Dropout, Ops.Elu, Ops.Erf, Ops.Exp, Ops.Floor, Ops.Gelu, Ops.HardSigmoid, Ops.HardSwish,
        Ops.Identity, Ops.LeakyRelu, Ops.Log, Ops.Mish, Ops.Neg, Ops.Reciprocal, Ops.Relu, Ops.Round, Ops.Selu, Ops.Shrink, Ops.Sigmoid, Ops.Sign,
        Ops.Softplus, Ops.Softsign, Ops.Sqrt, Ops.Swish, Ops.Tanh, Ops.ThresholdedRelu,
        Ops.Add, Ops.Div, Ops.Max, Ops.Mean, Ops.Min, Ops.Mul, Ops.Pow, Ops.PRelu, Ops.Sub, Ops.Sum, Ops.Where,
    ];

    /// <summary>The rule of a node; one that refuses where there is none.</summary>
    public static DependencyRule Of(Node node)
    {
        if (node.Domain == Domains.Onnx)
        {
            if (Standard.TryGetValue(node.OpType, out var rule)) return rule;
            if (Pointwise.Contains(node.OpType)) return ChannelDependencies.Pointwise;
        }
        return unknown => unknown.Refuse("is an op whose channels are not followed");
    }
}
