using OnnxPipeline.Runtime;

namespace OnnxPipeline.Compression.Quantization.Measurement;

/// <summary>
/// What ONNX Runtime makes of a model on this machine: how many products with weights it computes in integers, which it leaves in
/// floats, and how often it converts between the two. Read from the model as it writes it down after its own rewriting.
/// </summary>
/// <param name="Integer">Integer products, for example QLinearConv.</param>
/// <param name="Float">Float products, by name.</param>
/// <param name="Conversions">QuantizeLinear and DequantizeLinear nodes that are left.</param>
internal sealed record KernelCount(int Integer, IReadOnlyList<string> Float, int Conversions)
{
    private static readonly HashSet<string> IntegerProducts =
    [
        "QLinearConv", "QLinearMatMul", "QGemm", Ops.MatMulInteger, "ConvInteger", "MatMulIntegerToFloat", "DynamicQuantizeMatMul", "NhwcQLinearConv", Ops.MatMulNBits,
    ];

    private static readonly HashSet<string> FloatProducts = [Ops.Conv, "FusedConv", Ops.ConvTranspose, Ops.Gemm, "FusedGemm", Ops.MatMul, Ops.FusedMatMul];

    private static readonly SessionSettings OneThread = new() { Threads = 1, Spin = Spinning.Never };

    public static KernelCount Of(Model model)
    {
        var folder = Directory.CreateTempSubdirectory("kernels-");
        try
        {
            var path = Path.Combine(folder.FullName, "optimized.onnx");
            using (SessionFactory.Create(model.ToBytes(), OneThread with { OptimizedModelPath = path })) { }
            var nodes = Model.Load(path).Graph.Nodes;
            return new KernelCount(
                nodes.Count(n => IntegerProducts.Contains(n.OpType)),
                [.. nodes.Where(n => FloatProducts.Contains(n.OpType)).Select(n => n.DisplayName)],
                nodes.Count(n => n.Is(Ops.QuantizeLinear) || n.Is(Ops.DequantizeLinear)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
