using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Opsets;

/// <summary>
/// Which standard operators each version of the operator set between the oldest and the newest that conversion knows brought or changed.
/// Source: onnx/defs/operator_sets.h and https://github.com/onnx/onnx/blob/main/docs/Changelog.md.
/// </summary>
internal static class OpsetHistory
{
    public const long Oldest = 13;
    public const long Newest = 22;

    /// <summary>Operators of the oldest version; deprecated ones are not among them.</summary>
    private static readonly HashSet<string> First = Words("""
        Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization BitShift Cast Ceil Celu Clip Compress
        Concat ConcatFromSequence Constant ConstantOfShape Conv ConvInteger ConvTranspose Cos Cosh CumSum DepthToSpace DequantizeLinear Det
        Div Dropout DynamicQuantizeLinear Einsum Elu Equal Erf Exp Expand EyeLike Flatten Floor GRU Gather GatherElements GatherND Gemm
        GlobalAveragePool GlobalLpPool GlobalMaxPool Greater GreaterOrEqual HardSigmoid Hardmax Identity If InstanceNormalization IsInf
        IsNaN LRN LSTM LeakyRelu Less LessOrEqual Log LogSoftmax Loop LpNormalization LpPool MatMul MatMulInteger Max MaxPool MaxRoiPool
        MaxUnpool Mean MeanVarianceNormalization Min Mod Mul Multinomial Neg NegativeLogLikelihoodLoss NonMaxSuppression NonZero Not OneHot
        Or PRelu Pad Pow QLinearConv QLinearMatMul QuantizeLinear RNN RandomNormal RandomNormalLike RandomUniform RandomUniformLike Range
        Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu
        Reshape Resize ReverseSequence RoiAlign Round Scan ScatterElements ScatterND Selu SequenceAt SequenceConstruct SequenceEmpty
        SequenceErase SequenceInsert SequenceLength Shape Shrink Sigmoid Sign Sin Sinh Size Slice Softmax SoftmaxCrossEntropyLoss Softplus
        Softsign SpaceToDepth Split SplitToSequence Sqrt Squeeze StringNormalizer Sub Sum Tan Tanh TfIdfVectorizer ThresholdedRelu Tile TopK
        Transpose Unique Unsqueeze Where Xor
        """);

    private static readonly Dictionary<long, HashSet<string>> Changes = new()
    {
        [14] = Words("Add BatchNormalization CumSum Div GRU HardSwish Identity LSTM Mul RNN Relu Reshape Sub Trilu"),
        [15] = Words("BatchNormalization Bernoulli CastLike Optional OptionalGetElement OptionalHasElement Pow Shape"),
        [16] = Words("GreaterOrEqual GridSample Identity If LeakyRelu LessOrEqual Loop PRelu RoiAlign Scan ScatterElements ScatterND Where"),
        [17] = Words("BlackmanWindow DFT HammingWindow HannWindow LayerNormalization MelWeightMatrix STFT SequenceMap"),
        [18] = Words("""
            BitwiseAnd BitwiseNot BitwiseOr BitwiseXor CenterCropPad Col2Im GroupNormalization LpPool Mish OptionalGetElement
            OptionalHasElement Pad ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSumSquare
            Resize ScatterElements ScatterND Split
            """),
        [19] = Words("AveragePool Cast CastLike Constant DeformConv DequantizeLinear Equal Identity If Loop Pad QuantizeLinear Reshape Resize Scan Shape Size"),
        [20] = Words("AffineGrid ConstantOfShape DFT Gelu GridSample ImageDecoder IsInf IsNaN ReduceMax ReduceMin RegexFullMatch StringConcat StringSplit"),
        [21] = Words("""
            Cast CastLike Constant ConstantOfShape DequantizeLinear Flatten GroupNormalization Identity If Loop Pad QLinearMatMul
            QuantizeLinear Reshape Scan Shape Size Squeeze Transpose Unsqueeze
            """),
        [22] = Words("""
            Acos Acosh Asin Asinh Atan Atanh AveragePool Bernoulli Conv ConvTranspose Cos Cosh DeformConv Det Dropout Elu EyeLike GRU
            GlobalAveragePool GlobalLpPool GlobalMaxPool GridSample HardSigmoid HardSwish InstanceNormalization LSTM LpNormalization LpPool
            MaxPool MaxRoiPool MaxUnpool Mish Multinomial NegativeLogLikelihoodLoss RNN RandomNormal RandomNormalLike RandomUniform
            RandomUniformLike RoiAlign Round Selu Sin Sinh Softplus Softsign Tan ThresholdedRelu
            """),
    };

    /// <summary>Whether a version brought an operator or changed its definition, be it only in the types that it takes.</summary>
    public static bool Changed(string op, long version) => Changes.TryGetValue(version, out var ops) && ops.Contains(op);

    /// <summary>The version that brought an operator; the oldest known one for those that are older; null for an unknown operator.</summary>
    public static long? Since(string op) => First.Contains(op) ? Oldest : Changes.Where(c => c.Value.Contains(op)).Min(c => (long?)c.Key);

    private static HashSet<string> Words(string text) => [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
}
