using OnnxPipeline.Compression.Quantization.Placement;
using OnnxPipeline.Export.Rewriting;

namespace OnnxPipeline.Compression.Quantization.Static;

/// <summary>
/// Cross-layer equalisation: where one layer's channels go, through operators f with f(s·x) = s·f(x) for s &gt; 0, into the next layer
/// alone, channel c of the first may be divided by s and the second's weights for it multiplied. s = √(r₁/r₂) gives both the range
/// √(r₁·r₂), so that no channel is lost in the rounding of larger ones. Source: Nagel et al. 2019, Data-Free Quantization, section 4.1.
/// </summary>
internal static class Equalizer
{
    private const int MaxRounds = 20;
    private const double Converged = 1.01;

    /// <summary>A copy whose layers are equalised; it computes what the model does.</summary>
    /// <param name="model">A float model.</param>
    /// <param name="pairs">How many pairs of layers were.</param>
    public static Model Apply(Model model, out int pairs)
    {
        var copy = model.Clone();
        var found = Pairs(new GraphFacts(copy)).ToArray();
        pairs = found.Length;
        for (var round = 0; round < MaxRounds; round++)
        {
            var largest = 1.0;
            foreach (var pair in found) largest = Math.Max(largest, Equalize(pair));
            if (largest < Converged) break;
        }
        return copy;
    }

    private static IEnumerable<(Layer First, Layer Second)> Pairs(GraphFacts facts)
    {
        foreach (var node in facts.Nodes)
        {
            if (Layer.Of(node, facts) is not { } first) continue;
            var value = node.Outputs[0];
            var reader = facts.Topology.SoleConsumer(value);
            while (reader is not null && IsHomogeneous(reader))
            {
                value = reader.Outputs[0];
                reader = facts.Topology.SoleConsumer(value);
            }
            if (reader is null || reader.Inputs[0] != value || Layer.Of(reader, facts) is not { } second) continue;
            if (second.Weights.InputChannels % first.Weights.OutputChannels == 0) yield return (first, second);
        }
    }

    /// <summary>Positively homogeneous, and keeping channels apart and in order.</summary>
    private static bool IsHomogeneous(Node node) => node.Outputs.Count == 1 && node.Domain == Domains.Onnx
        && (node.OpType is Ops.Relu or Ops.LeakyRelu or Ops.MaxPool or Ops.AveragePool or Ops.GlobalAveragePool or Ops.GlobalMaxPool || node.Is(Ops.Flatten) && node.Int("axis", 1) == 1);

    /// <summary>Equalises two layers and returns the largest factor that was needed, or its inverse.</summary>
    private static double Equalize((Layer First, Layer Second) pair)
    {
        var (first, second) = pair;
        var repeat = second.Weights.InputChannels / first.Weights.OutputChannels;
        var (outputs, inputs) = (first.Magnitudes(byOutput: true), second.Magnitudes(byOutput: false));
        var factors = new double[outputs.Length];
        for (var c = 0; c < factors.Length; c++)
        {
            var largest = inputs.AsSpan(c * repeat, repeat).ToArray().Max();
            factors[c] = outputs[c] > 0 && largest > 0 ? Math.Sqrt(outputs[c] / largest) : 1;
        }
        var inverse = Array.ConvertAll(factors, f => 1 / f);
        first.Weights.ScaleOutputs(first.Tensor, inverse);
        if (first.Bias is { } bias)
        {
            for (var c = 0; c < factors.Length; c++) bias.Span<float>()[c] *= (float)inverse[c];
        }
        second.Weights.ScaleInputs(second.Tensor, factors, repeat);
        return factors.Max(f => Math.Max(f, 1 / f));
    }

    /// <summary>A Conv or Gemm whose weights and bias belong to it alone, to be changed in place.</summary>
    private sealed record Layer(Node Node, LinearWeights Weights, Initializer Tensor, Initializer? Bias)
    {
        public static Layer? Of(Node node, GraphFacts facts)
        {
            if (!node.Is(Ops.Conv) && !node.Is(Ops.Gemm) || Own(node, WeightedNode.WeightInput, facts) is not { } tensor) return null;
            if (LinearWeights.Of(node, tensor.Dims) is not { } weights) return null;
            if (node.Input(WeightedNode.BiasInput) is null) return new Layer(node, weights, tensor, null);
            return Own(node, WeightedNode.BiasInput, facts) is { } bias && bias.ElementCount == weights.OutputChannels ? new Layer(node, weights, tensor, bias) : null;
        }

        /// <summary>The largest magnitude of the weights of each output or input channel.</summary>
        public double[] Magnitudes(bool byOutput)
        {
            var values = Tensor.Span<float>();
            var largest = new double[byOutput ? Weights.OutputChannels : Weights.InputChannels];
            var window = (int)Tensor.Dims.Skip(2).Aggregate(1L, (product, d) => product * d);
            var (outer, inner) = ((int)Tensor.Dims[0], (int)Tensor.Dims[1]);
            var perGroup = outer / (int)Node.Int("group", 1);
            var outputFirst = Node.Is(Ops.Conv) || Node.Int("transB", 0) != 0;
            for (var i = 0; i < values.Length; i++)
            {
                var (a, b) = (i / window / inner, i / window % inner);
                var channel = byOutput == outputFirst ? a : Node.Is(Ops.Conv) ? a / perGroup * inner + b : b;
                largest[channel] = Math.Max(largest[channel], Math.Abs(values[i]));
            }
            return largest;
        }

        private static Initializer? Own(Node node, int input, GraphFacts facts) =>
            node.Input(input) is { } name && facts.Graph.Initializers.TryGet(name, out var tensor) && facts.Constants.Find(name) is not null && tensor.ElementType == ElementType.Float
                && facts.Topology.SoleConsumer(name) == node && node.Inputs.Count(i => i == name) == 1 ? tensor : null;
    }
}
