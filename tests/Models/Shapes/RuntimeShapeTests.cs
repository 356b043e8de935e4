using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Models.Tests.Shapes;

/// <summary>Every rule against what ONNX Runtime really computes.</summary>
public sealed class RuntimeShapeTests
{
    private static readonly Dictionary<string, Func<GraphBuilder, IEnumerable<GraphValue>>> Cases = new()
    {
        ["strided, dilated, grouped convolution"] = g => [g.Node("Conv", [X(g, 2, 4, 11, 9), W(g, 6, 2, 3, 2), W(g, 6)], [("strides", [2, 1]), ("dilations", [2, 3]), ("pads", [1, 2, 0, 1]), ("group", 2)])],
        ["convolution padded to the same size"] = g => [g.Node("Conv", [X(g, 1, 1, 7, 8), W(g, 1, 1, 3, 3)], [("auto_pad", "SAME_UPPER"), ("strides", [2, 3])])],
        ["one-dimensional convolution"] = g => [g.Node("Conv", [X(g, 2, 3, 10), W(g, 4, 3, 5)])],
        ["transposed convolution"] = g => [g.Node("ConvTranspose", [X(g, 2, 4, 5, 6), W(g, 4, 3, 3, 3)], [("strides", [2, 3]), ("pads", [1, 0, 1, 1]), ("output_padding", [1, 2]), ("group", 2)])],
        ["max pooling with indices"] = g => g.Nodes("MaxPool", [X(g, 2, 3, 9, 8)], 2, [("kernel_shape", [3, 2]), ("strides", [2, 2]), ("pads", [1, 0, 1, 0])]),
        ["max pooling, rounded up"] = g => [g.Node("MaxPool", [X(g, 1, 1, 8, 10)], [("kernel_shape", [3, 3]), ("strides", [2, 3]), ("ceil_mode", 1)])],
        ["max pooling, rounded up, last window in the padding"] = g => [g.Node("MaxPool", [X(g, 1, 1, 4, 4)], [("kernel_shape", [1, 1]), ("strides", [2, 3]), ("ceil_mode", 1)])],
        ["average pooling"] = g => [g.Node("AveragePool", [X(g, 1, 2, 7, 7)], [("kernel_shape", [3, 3]), ("pads", [1, 1, 1, 1]), ("strides", [2, 2])])],
        ["global pooling"] = g => [g.Node("GlobalAveragePool", [X(g, 2, 3, 4, 5)]), g.Node("GlobalMaxPool", [X(g, 2, 3, 4, 5)])],
        ["unpooling"] = g => g.Nodes("MaxPool", [X(g, 1, 1, 4, 6)], 2, [("kernel_shape", [2, 2]), ("strides", [2, 2])]) is var p ? [g.Node("MaxUnpool", [p[0], p[1]], [("kernel_shape", [2, 2]), ("strides", [2, 2])])] : [],
        ["unpooling to a given shape"] = g => g.Nodes("MaxPool", [X(g, 1, 1, 5, 6)], 2, [("kernel_shape", [2, 2]), ("strides", [2, 2])]) is var p ? [g.Node("MaxUnpool", [p[0], p[1], g.Vector(1, 1, 5, 6)], [("kernel_shape", [2, 2]), ("strides", [2, 2])])] : [],
        ["Gemm, both factors transposed"] = g => [g.Node("Gemm", [X(g, 4, 2), W(g, 5, 4), W(g, 5)], [("transA", 1), ("transB", 1)])],
        ["matrix products of vectors and batches"] = g => [g.Node("MatMul", [X(g, 4), W(g, 4, 3)]), g.Node("MatMul", [X(g, 2, 1, 3, 4), W(g, 5, 4, 6)]), g.Node("MatMul", [X(g, 2, 3, 4), W(g, 4)])],
        ["fused matrix product"] = g => [g.Node("FusedMatMul", [X(g, 2, 4, 3), W(g, 2, 5, 4)], [("transA", 1), ("transB", 1), ("alpha", 0.5f)], domain: Domains.Microsoft)],
        ["broadcast arithmetic"] = g => [g.Node("Add", [X(g, 2, 1, 4), X(g, 3, 1)]), g.Node("Where", [g.Node("Greater", [X(g, 3), X(g, 1)]), X(g, 2, 1), X(g, 1)]), g.Node("Pow", [X(g, 2, 3), g.Constant(2f)])],
        ["batch normalisation in training"] = g => g.Nodes("BatchNormalization", [X(g, 2, 3, 4, 4), W(g, 3), W(g, 3), W(g, 3), W(g, 3)], 3, [("training_mode", 1)]),
        ["layer normalisation with statistics"] = g => g.Nodes("LayerNormalization", [X(g, 2, 3, 4), W(g, 3, 4), W(g, 3, 4)], 3, [("axis", 1)]),
        ["instance normalisation"] = g => [g.Node("InstanceNormalization", [X(g, 2, 3, 4, 4), W(g, 3), W(g, 3)])],
        ["dropout with mask"] = g => g.Nodes("Dropout", [X(g, 2, 3), g.Constant(0.5f), g.Constant(true)], 2),
        ["flatten at every axis"] = g => Enumerable.Range(-3, 7).Select(axis => g.Node("Flatten", [X(g, 2, 3, 4)], [("axis", axis)])),
        ["reshape with copies and a rest"] = g => [g.Node("Reshape", [X(g, 2, 3, 4), g.Vector(0, -1)]), g.Node("Reshape", [X(g, 2, 3, 4), g.Vector(4, 0, 2)]), g.Node("Reshape", [X(g, 0, 3), g.Vector(3, 0)], [("allowzero", 1)])],
        ["transpose"] = g => [g.Node("Transpose", [X(g, 2, 3, 4)]), g.Node("Transpose", [X(g, 2, 3, 4)], [("perm", [1, 2, 0])])],
        ["concat and split"] = g => [g.Node("Concat", [X(g, 2, 3), X(g, 2, 4)], [("axis", -1)]), .. g.Nodes("Split", [X(g, 7, 2), g.Vector(3, 4)], 2), .. g.Nodes("Split", [X(g, 6, 2)], 3)],
        ["slices forwards and backwards"] = g => [g.Node("Slice", [X(g, 5, 6), g.Vector(1, -1), g.Vector(-1, -100), g.Vector(0, 1), g.Vector(2, -2)]), g.Node("Slice", [X(g, 5, 6), g.Vector(7), g.Vector(9)]), g.Node("Slice", [X(g, 4), g.Vector(-1), g.Vector(long.MinValue), g.Vector(0), g.Vector(-1)])],
        ["padding"] = g => [g.Node("Pad", [X(g, 2, 3), g.Vector(1, 0, -1, 2)])],
        ["gathers"] = g => [g.Node("Gather", [X(g, 3, 4, 5), g.Constant<long>([0, 1, 1, 0], [2, 2])], [("axis", 1)]), g.Node("GatherElements", [X(g, 3, 4), g.Constant<long>([0, 1], [1, 2])], [("axis", 1)]), g.Node("GatherND", [X(g, 3, 4, 5), g.Constant<long>([0, 1, 1, 0], [2, 2])])],
        ["scatters"] = g => [g.Node("ScatterElements", [X(g, 3, 4), g.Constant<long>([0, 1], [1, 2]), X(g, 1, 2)]), g.Node("ScatterND", [X(g, 3, 4), g.Constant<long>([0, 1], [2, 1]), X(g, 2, 4)])],
        ["one hot"] = g => [g.Node("OneHot", [g.Vector(1, 2, 0), g.Constant(4L), g.Constant<float>([0, 1], [2])]), g.Node("OneHot", [g.Vector(1, 2, 0), g.Vector(4), g.Constant<float>([0, 1], [2])], [("axis", 0)])],
        ["expand and tile"] = g => [g.Node("Expand", [X(g, 3, 1), g.Vector(2, 1, 4)]), g.Node("Tile", [X(g, 2, 3), g.Vector(2, 3)])],
        ["squeeze and unsqueeze"] = g => [g.Node("Squeeze", [X(g, 1, 3, 1)]), g.Node("Squeeze", [X(g, 1, 3, 1), g.Vector(-1)]), g.Node("Unsqueeze", [X(g, 3), g.Vector(2, 0)])],
        ["shape, size and constant of shape"] = g => [g.Node("Shape", [X(g, 2, 3, 4)], [("start", 1), ("end", -1)]), g.Node("Size", [X(g, 2, 3)]), g.Node("ConstantOfShape", [g.Node("Shape", [X(g, 2, 3)])])],
        ["range and triangle"] = g => [g.Node("Range", [g.Constant(1L), g.Constant(10L), g.Constant(4L)]), g.Node("Range", [g.Constant(0f), g.Constant(1f), g.Constant(0.3f)]), g.Node("Trilu", [X(g, 3, 3)])],
        ["reductions"] = g => [g.Node("ReduceSum", [X(g, 2, 3, 4), g.Vector(-1, 0)]), g.Node("ReduceSum", [X(g, 2, 3)], [("keepdims", 0)]), g.Node("ReduceMean", [X(g, 2, 3, 4)], [("axes", [1]), ("keepdims", 0)]), g.Node("ReduceMax", [X(g, 2, 3)]), g.Node("ReduceSum", [X(g, 2, 3)], [("noop_with_empty_axes", 1)])],
        ["argmax and top k"] = g => [g.Node("ArgMax", [X(g, 2, 3)], [("axis", -1), ("keepdims", 0)]), .. g.Nodes("TopK", [X(g, 2, 5), g.Vector(3)], 2)],
        ["cross-entropy with log-probabilities"] = g => g.Nodes("SoftmaxCrossEntropyLoss", [X(g, 4, 3), g.Vector(0, 1, 2, 1)], 2),
        ["cross-entropy a sample"] = g => [g.Node("SoftmaxCrossEntropyLoss", [X(g, 4, 3), g.Vector(0, 1, 2, 1), W(g, 3)], [("reduction", "none")]), g.Node("NegativeLogLikelihoodLoss", [X(g, 2, 3), g.Vector(0, 1)])],
        ["quantisation there and back"] = g => g.Node("QuantizeLinear", [X(g, 2, 3), g.Constant<float>([1, 1, 1], [3]), g.Constant<sbyte>([0, 0, 0], [3])]) is var q ? [q, g.Node("DequantizeLinear", [q, g.Constant<float>([1, 1, 1], [3]), g.Constant<sbyte>([0, 0, 0], [3])]), .. g.Nodes("DynamicQuantizeLinear", [X(g, 2, 3)], 3)] : [],
        ["casts and tests"] = g => [g.Node("Cast", [X(g, 2)], [("to", (long)ElementType.Int32)]), g.Node("IsNaN", [X(g, 2)]), g.Node("Not", [g.Node("Equal", [X(g, 2), X(g, 2)])]), g.Node("Sign", [X(g, 2)])],
        ["activations"] = g => new[] { "Relu", "LeakyRelu", "Tanh", "Sigmoid", "Erf", "Exp", "Log", "Sqrt", "Neg", "Abs", "Reciprocal", "Identity", "Clip", "Softmax", "LogSoftmax", "HardSwish", "HardSigmoid", "Elu", "Softplus" }.Select(op => g.Node(op, [X(g, 2, 3)])),
        ["ONNX Runtime's Gelu"] = g => [g.Node("Gelu", [X(g, 2, 3)], domain: Domains.Microsoft), g.Node("BiasGelu", [X(g, 2, 3), W(g, 3)], domain: Domains.Microsoft)],
        ["resize by scales and to sizes"] = g => [g.Node("Resize", [X(g, 1, 2, 3, 5), "", g.Constant<float>([1, 1, 2.5f, 0.5f], [4])]), g.Node("Resize", [X(g, 1, 2, 3, 5), "", "", g.Vector(1, 2, 7, 4)])],
        ["depth to space and back"] = g => [g.Node("SpaceToDepth", [g.Node("DepthToSpace", [X(g, 1, 8, 2, 3)], [("blocksize", 2)])], [("blocksize", 2)])],
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Inferred_types_are_those_ONNX_Runtime_computes(string name)
    {
        var g = new GraphBuilder("case");
        foreach (var value in Cases[name](g).ToArray()) g.Output(value);
        var model = g.Build();

        var inferred = ShapeInference.Infer(model, strict: true);

        foreach (var (output, actual) in OrtRun.Types(model)) Assert.Equal(actual, inferred[output]);
    }

    private static GraphValue X(GraphBuilder g, params long[] shape) => g.Input(g.Numbered("x"), new TensorType(ElementType.Float, TensorShape.Of(shape)));

    private static GraphValue W(GraphBuilder g, params long[] shape)
    {
        var ones = Enumerable.Repeat(1f, (int)shape.Aggregate(1L, (p, d) => p * d)).ToArray();
        return g.Initializer(Initializer.Create<float>(g.Numbered("w"), ones, shape));
    }
}
