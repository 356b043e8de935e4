using OnnxPipeline.Compression.Quantization.Placement;
using OnnxPipeline.Export.Passes;

namespace OnnxPipeline.Compression.Quantization.Blocks;

/// <summary>Each Gemm and MatMul as ONNX Runtime's MatMulNBits, and an Add for a bias.</summary>
internal sealed class WeightOnlyQuantizer(Model model, WeightOnlyQuantizeOptions options) : IMethod
{
    public MethodResult Apply(Func<Node, bool> stays, CancellationToken cancellation = default)
    {
        var copy = model.Clone();
        var facts = new GraphFacts(copy);
        var products = MatrixProducts.Find(facts, stays, out var left);
        var writer = new NodeWriter(copy.Graph);
        foreach (var product in products)
        {
            cancellation.ThrowIfCancellationRequested();
            writer.Replace(product.Node, Write(product, writer));
        }
        writer.Finish();
        if (products.Count > 0) copy.Opsets.TryAdd(Domains.Microsoft, 1);
        return new MethodResult(new EliminateDeadNodes().Apply(copy).Model, [.. products.Select(p => p.Node.Name)], left, [.. Share(facts, products)]);
    }

    private string Write(WeightedNode product, NodeWriter writer)
    {
        var weights = BlockWeights.Of(MatrixProducts.ByInput(product), options);
        var stem = product.Weights.Name;
        List<string> inputs =
        [
            product.Input,
            writer.Add(Initializer.Create<byte>($"{stem}_blocks", weights.Packed, weights.Outputs, weights.Blocks, weights.BlockBytes)),
            writer.Add(Initializer.Create<float>($"{stem}_scales", weights.Scales, weights.Scales.Length)),
        ];
        if (weights.ZeroPoints is { } zeros) inputs.Add(writer.Add(Initializer.Create<byte>($"{stem}_zero_points", zeros, zeros.Length)));
        var result = writer.Add(Ops.MatMulNBits, inputs, $"{product.Output}_product", Domains.Microsoft, node => node
            .Set("K", (long)weights.Inputs)
            .Set("N", (long)weights.Outputs)
            .Set("bits", (long)weights.Bits)
            .Set("block_size", (long)weights.BlockSize));
        return product.Bias is { } bias ? writer.Add(Ops.Add, [result, writer.Add(Initializer.Create<float>($"{stem}_bias", bias, bias.Length))], $"{product.Output}_sum") : result;
    }

    /// <summary>Says so when most of the model is not in matrices.</summary>
    private static IEnumerable<string> Share(GraphFacts facts, IReadOnlyList<WeightedNode> products)
    {
        var all = facts.Graph.Initializers.Where(i => i.ElementType == ElementType.Float).Sum(i => i.ElementCount);
        var packed = products.Sum(p => p.Weights.ElementCount);
        if (packed < all / 2) yield return $"Only {packed:N0} of the model's {all:N0} numbers are in Gemm and MatMul; the others keep 32 bits.";
    }
}
