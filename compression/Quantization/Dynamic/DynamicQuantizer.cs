using OnnxPipeline.Compression.Quantization.Placement;
using OnnxPipeline.Compression.Quantization.Scheme;
using OnnxPipeline.Export.Passes;

namespace OnnxPipeline.Compression.Quantization.Dynamic;

/// <summary>
/// Each Gemm and MatMul as DynamicQuantizeLinear and MatMulInteger, x·W ≈ s_x·s_W·(q_x − z_x)·q_W, which ONNX Runtime fuses to one kernel.
/// Source: https://onnx.ai/onnx/operators/onnx__MatMulInteger.html.
/// </summary>
internal sealed class DynamicQuantizer(Model model, DynamicQuantizeOptions options) : IMethod
{
    private const int OutputAxis = 1;

    public MethodResult Apply(Func<Node, bool> stays, CancellationToken cancellation = default)
    {
        var copy = model.Clone();
        var products = MatrixProducts.Find(new GraphFacts(copy), stays, out var left);
        var writer = new NodeWriter(copy.Graph);
        var inputs = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var product in products)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!inputs.TryGetValue(product.Input, out var quantized))
                quantized = inputs[product.Input] = writer.Add(Ops.DynamicQuantizeLinear, [product.Input], [$"{product.Input}_quantized", $"{product.Input}_scale", $"{product.Input}_zero_point"]);
            writer.Replace(product.Node, Write(product, quantized, writer));
        }
        writer.Finish();
        return new MethodResult(new EliminateDeadNodes().Apply(copy).Model, [.. products.Select(p => p.Node.Name)], left);
    }

    private string Write(WeightedNode product, IReadOnlyList<string> input, NodeWriter writer)
    {
        var weights = MatrixProducts.ByInput(product);
        var quantized = QuantizedWeights.Of(weights, options.PerChannel ? OutputAxis : null, IntegerRange.OfWeights(options.ReduceRange));
        var stem = weights.Name;
        var values = writer.Add(quantized.ToInitializer($"{stem}_quantized", weights.Dims));
        var scale = writer.Add(quantized.ScalesToInitializer($"{stem}_scale"));
        var zero = writer.Add(quantized.ZeroPointsToInitializer($"{stem}_zero_point"));

        var sums = writer.Add(Ops.MatMulInteger, [input[0], values, input[2], zero], $"{product.Output}_sums");
        var floats = writer.Add(Ops.Cast, [sums], $"{product.Output}_sums_float", attributes: n => n.Set("to", (long)ElementType.Float));
        var scales = writer.Add(Ops.Mul, [input[1], scale], $"{product.Output}_scales");
        var result = writer.Add(Ops.Mul, [floats, scales], $"{product.Output}_product");
        return product.Bias is { } bias ? writer.Add(Ops.Add, [result, writer.Add(Initializer.Create<float>($"{stem}_bias", bias, bias.Length))], $"{product.Output}_sum") : result;
    }
}
