using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Compression.Quantization.Calibration;
using OnnxPipeline.Compression.Quantization.Placement;
using OnnxPipeline.Export;

namespace OnnxPipeline.Compression.Quantization.Static;

/// <summary>
/// Takes out of each bias the mean error that quantisation makes in that channel, E[quantised] − E[float], measured on samples layer by
/// layer, so that each is measured with those before it corrected. Source: Nagel et al. 2019, section 4.2 and appendix D.
/// </summary>
internal static class BiasCorrector
{
    /// <summary>Samples for the means of a channel, which many positions of each sample go into.</summary>
    private const int Samples = 128;

    private const int ChannelAxis = 1;

    /// <param name="original">The float model.</param>
    /// <param name="quantized">The model made from it, whose nodes with weights have the same names; its biases are changed.</param>
    /// <param name="samples">Samples to take means over.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static void Apply(Model original, Model quantized, HeldOutSamples samples, CancellationToken cancellation)
    {
        var layers = Layers(original, quantized).ToArray();
        var expected = Means(original, layers.Select(l => l.Original.Outputs[0]), samples, cancellation);
        for (var i = 0; i < layers.Length; i++)
        {
            var (node, bias, scale) = (layers[i].Quantized, layers[i].Bias, layers[i].Scale);
            var found = Means(quantized, [node.Outputs[0]], samples, cancellation)[0];
            var values = bias.Span<int>();
            var scales = scale.Span<float>();
            for (var c = 0; c < values.Length; c++)
                values[c] = (int)Math.Clamp(values[c] - Math.Round((found[c] - expected[i][c]) / scales[scales.Length == 1 ? 0 : c]), int.MinValue, int.MaxValue);
        }
    }

    private static IEnumerable<(Node Original, Node Quantized, Initializer Bias, Initializer Scale)> Layers(Model original, Model quantized)
    {
        var initializers = quantized.Graph.Initializers;
        var topology = new GraphTopology(quantized.Graph);
        var originals = original.Graph.Nodes.ToDictionary(n => n.Name);
        foreach (var node in topology.Sorted().Where(n => n.Is(Ops.Conv) || n.Is(Ops.Gemm)))
        {
            if (topology.Producer(node.Input(WeightedNode.BiasInput)) is { } widened && widened.Is(Ops.DequantizeLinear)
                && initializers.TryGet(widened.Inputs[0], out var bias) && initializers.TryGet(widened.Inputs[1], out var scale))
                yield return (originals[node.Name], node, bias, scale);
        }
    }

    /// <summary>The mean of each channel of some values.</summary>
    private static double[][] Means(Model model, IEnumerable<string> values, HeldOutSamples samples, CancellationToken cancellation)
    {
        string[] names = [.. values];
        var sums = new double[names.Length][];
        var counts = new double[names.Length];
        using var runner = new SampleRunner(model, names);
        runner.Run(samples, Samples, results => Add(results), cancellation);
        return [.. sums.Zip(counts, (sum, count) => Array.ConvertAll(sum, s => s / count))];

        void Add(IReadOnlyList<OrtValue> results)
        {
            for (var i = 0; i < names.Length; i++)
            {
                var shape = results[i].GetTensorTypeAndShape().Shape;
                var batch = ChannelSums.Of(results[i].GetTensorDataAsSpan<float>(), shape, ChannelAxis);
                sums[i] = sums[i] is { } before ? [.. before.Zip(batch, (a, b) => a + b)] : batch;
                counts[i] += (double)shape.Aggregate(1L, (product, d) => product * d) / batch.Length;
            }
        }
    }
}
