namespace OnnxPipeline.Export;

/// <summary>Standard operators that the passes know by name.</summary>
internal static class Ops
{
    public const string Add = "Add";
    public const string BatchNormalization = "BatchNormalization";
    public const string Cast = "Cast";
    public const string Constant = "Constant";
    public const string Conv = "Conv";
    public const string ConvTranspose = "ConvTranspose";
    public const string DequantizeLinear = "DequantizeLinear";
    public const string Div = "Div";
    public const string Dropout = "Dropout";
    public const string Flatten = "Flatten";
    public const string Gemm = "Gemm";
    public const string Identity = "Identity";
    public const string Mul = "Mul";
    public const string Softmax = "Softmax";
    public const string Sub = "Sub";
}
