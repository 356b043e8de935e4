namespace OnnxPipeline.Models;

/// <summary>Operator names, written once. Those of the standard unless said otherwise (https://onnx.ai/onnx/operators).</summary>
public static class Ops
{
    // Elementwise, one input
    public const string Abs = "Abs";
    public const string Acos = "Acos";
    public const string Acosh = "Acosh";
    public const string Asin = "Asin";
    public const string Asinh = "Asinh";
    public const string Atan = "Atan";
    public const string Atanh = "Atanh";
    public const string BitwiseNot = "BitwiseNot";
    public const string Cast = "Cast";
    public const string CastLike = "CastLike";
    public const string Ceil = "Ceil";
    public const string Celu = "Celu";
    public const string Clip = "Clip";
    public const string Cos = "Cos";
    public const string Cosh = "Cosh";
    public const string Dropout = "Dropout";
    public const string Elu = "Elu";
    public const string Erf = "Erf";
    public const string Exp = "Exp";
    public const string Floor = "Floor";
    public const string Gelu = "Gelu";
    public const string HardSigmoid = "HardSigmoid";
    public const string HardSwish = "HardSwish";
    public const string Hardmax = "Hardmax";
    public const string Identity = "Identity";
    public const string IsInf = "IsInf";
    public const string IsNaN = "IsNaN";
    public const string LeakyRelu = "LeakyRelu";
    public const string Log = "Log";
    public const string LogSoftmax = "LogSoftmax";
    public const string Mish = "Mish";
    public const string Neg = "Neg";
    public const string Not = "Not";
    public const string PRelu = "PRelu";
    public const string Reciprocal = "Reciprocal";
    public const string Relu = "Relu";
    public const string Round = "Round";
    public const string Selu = "Selu";
    public const string Shrink = "Shrink";
    public const string Sigmoid = "Sigmoid";
    public const string Sign = "Sign";
    public const string Sin = "Sin";
    public const string Sinh = "Sinh";
    public const string Softmax = "Softmax";
    public const string Softplus = "Softplus";
    public const string Softsign = "Softsign";
    public const string Sqrt = "Sqrt";
    public const string Swish = "Swish";
    public const string Tan = "Tan";
    public const string Tanh = "Tanh";
    public const string ThresholdedRelu = "ThresholdedRelu";

    // Elementwise, several inputs
    public const string Add = "Add";
    public const string And = "And";
    public const string Div = "Div";
    public const string Equal = "Equal";
    public const string Greater = "Greater";
    public const string GreaterOrEqual = "GreaterOrEqual";
    public const string Less = "Less";
    public const string LessOrEqual = "LessOrEqual";
    public const string Max = "Max";
    public const string Mean = "Mean";
    public const string Min = "Min";
    public const string Mod = "Mod";
    public const string Mul = "Mul";
    public const string Or = "Or";
    public const string Pow = "Pow";
    public const string Sub = "Sub";
    public const string Sum = "Sum";
    public const string Where = "Where";
    public const string Xor = "Xor";

    // Windows
    public const string AveragePool = "AveragePool";
    public const string Conv = "Conv";
    public const string ConvTranspose = "ConvTranspose";
    public const string GlobalAveragePool = "GlobalAveragePool";
    public const string GlobalMaxPool = "GlobalMaxPool";
    public const string LpPool = "LpPool";
    public const string MaxPool = "MaxPool";
    public const string MaxUnpool = "MaxUnpool";

    // Recurrent
    public const string GRU = "GRU";
    public const string LSTM = "LSTM";
    public const string RNN = "RNN";

    // Matrices
    public const string Einsum = "Einsum";
    public const string Gemm = "Gemm";
    public const string MatMul = "MatMul";
    public const string MatMulInteger = "MatMulInteger";

    // Normalisation
    public const string BatchNormalization = "BatchNormalization";
    public const string GroupNormalization = "GroupNormalization";
    public const string InstanceNormalization = "InstanceNormalization";
    public const string LRN = "LRN";
    public const string LabelEncoder = "LabelEncoder";
    public const string LayerNormalization = "LayerNormalization";
    public const string LpNormalization = "LpNormalization";
    public const string MeanVarianceNormalization = "MeanVarianceNormalization";

    // Layout
    public const string Concat = "Concat";
    public const string DepthToSpace = "DepthToSpace";
    public const string Expand = "Expand";
    public const string Flatten = "Flatten";
    public const string Pad = "Pad";
    public const string Reshape = "Reshape";
    public const string Resize = "Resize";
    public const string SpaceToDepth = "SpaceToDepth";
    public const string Split = "Split";
    public const string Squeeze = "Squeeze";
    public const string Tile = "Tile";
    public const string Transpose = "Transpose";
    public const string Trilu = "Trilu";
    public const string Unsqueeze = "Unsqueeze";

    // Indexing
    public const string CumSum = "CumSum";
    public const string Gather = "Gather";
    public const string GatherElements = "GatherElements";
    public const string GatherND = "GatherND";
    public const string OneHot = "OneHot";
    public const string ScatterElements = "ScatterElements";
    public const string ScatterND = "ScatterND";
    public const string Slice = "Slice";
    public const string TopK = "TopK";

    // Constants
    public const string Constant = "Constant";
    public const string ConstantOfShape = "ConstantOfShape";
    public const string EyeLike = "EyeLike";
    public const string Range = "Range";
    public const string Shape = "Shape";
    public const string Size = "Size";

    // Reductions
    public const string ArgMax = "ArgMax";
    public const string ArgMin = "ArgMin";
    public const string ReduceL1 = "ReduceL1";
    public const string ReduceL2 = "ReduceL2";
    public const string ReduceLogSum = "ReduceLogSum";
    public const string ReduceLogSumExp = "ReduceLogSumExp";
    public const string ReduceMax = "ReduceMax";
    public const string ReduceMean = "ReduceMean";
    public const string ReduceMin = "ReduceMin";
    public const string ReduceProd = "ReduceProd";
    public const string ReduceSum = "ReduceSum";
    public const string ReduceSumSquare = "ReduceSumSquare";

    // Losses
    public const string NegativeLogLikelihoodLoss = "NegativeLogLikelihoodLoss";
    public const string SoftmaxCrossEntropyLoss = "SoftmaxCrossEntropyLoss";

    // Quantisation
    public const string DequantizeLinear = "DequantizeLinear";
    public const string DynamicQuantizeLinear = "DynamicQuantizeLinear";
    public const string QuantizeLinear = "QuantizeLinear";

    // Control flow: bodies are subgraphs
    public const string If = "If";
    public const string Loop = "Loop";
    public const string Scan = "Scan";

    // ONNX Runtime's own, domain com.microsoft
    public const string BiasGelu = "BiasGelu";
    public const string FastGelu = "FastGelu";
    public const string FusedMatMul = "FusedMatMul";
    public const string MatMulNBits = "MatMulNBits";
    public const string QuickGelu = "QuickGelu";
}
