using OnnxPipeline.Compression.Quantization.Placement;
using OnnxPipeline.Compression.Quantization.Scheme;

namespace OnnxPipeline.Compression.Quantization.Static;

/// <summary>
/// Writes a plan into a graph: QuantizeLinear and DequantizeLinear for each quantised value, integer weights and biases behind a
/// DequantizeLinear. ONNX Runtime fuses them into integer kernels; a runtime that does not computes the same with floats.
/// </summary>
internal sealed class QdqWriter
{
    private readonly Graph _graph;
    private readonly GraphFacts _facts;
    private readonly PlacementPlan _plan;
    private readonly StaticQuantizeOptions _options;
    private readonly IReadOnlyDictionary<string, QuantizationParameters> _parameters;
    private readonly FreshNames _names;
    private readonly Dictionary<string, (string Scale, string ZeroPoint)> _written = new(StringComparer.Ordinal);

    private QdqWriter(GraphFacts facts, PlacementPlan plan, StaticQuantizeOptions options, IReadOnlyDictionary<string, QuantizationParameters> parameters)
    {
        (_graph, _facts, _plan, _options, _parameters) = (facts.Graph, facts, plan, options, parameters);
        _names = new FreshNames(_graph);
    }

    /// <summary>Changes the graph that <paramref name="facts"/> and <paramref name="plan"/> are of.</summary>
    /// <param name="facts">The graph.</param>
    /// <param name="plan">What is quantised.</param>
    /// <param name="options">How.</param>
    /// <param name="parameters">By value that gives others its range.</param>
    public static void Write(GraphFacts facts, PlacementPlan plan, StaticQuantizeOptions options, IReadOnlyDictionary<string, QuantizationParameters> parameters)
    {
        var writer = new QdqWriter(facts, plan, options, parameters);
        foreach (var weighted in plan.Weighted) writer.WriteWeights(weighted);
        foreach (var node in plan.Nodes.Where(n => OperatorRoles.Of(n) == OperatorRole.Computing)) writer.WriteConstants(node);
        foreach (var (activation, maker) in plan.Absorbed)
        {
            maker.Outputs[0] = activation.Outputs[0];
            writer._graph.Nodes.Remove(activation);
        }
        foreach (var value in plan.RangeOf.Keys) writer.WriteValue(value);
        var sorted = new GraphTopology(writer._graph).Sorted();
        writer._graph.Nodes.Clear();
        writer._graph.Nodes.AddRange(sorted);
        writer._graph.ValueInfos.Clear();
    }

    private void WriteValue(string value)
    {
        var (scale, zero) = ParametersOf(_plan.RangeOf[value]);
        var quantized = _names.Of($"{value}_quantized");
        if (_plan.Pixels.TryGetValue(value, out var pixels))
        {
            Redirect(value, Dequantized(WritePath(pixels), scale, zero, _names.Of($"{value}_dequantized")));
        }
        else if (_facts.Topology.Producer(value) is { } maker && (_plan.Nodes.Contains(maker) || _plan.Absorbed.TryGetValue(maker, out maker!)))
        {
            // All readers take the rounded value: ONNX Runtime fuses a node only when nothing else reads its float result.
            var before = _names.Of($"{value}_float");
            maker.Outputs[maker.Outputs.IndexOf(value)] = before;
            _graph.Nodes.Add(new Node(Ops.QuantizeLinear, [before, scale, zero], [quantized], quantized));
            Dequantized(quantized, scale, zero, value);
        }
        else
        {
            _graph.Nodes.Add(new Node(Ops.QuantizeLinear, [value, scale, zero], [quantized], quantized));
            Redirect(value, Dequantized(quantized, scale, zero, _names.Of($"{value}_dequantized")));
        }
    }

    /// <summary>Repeats on the raw pixels what arranges the float ones; returns its result.</summary>
    private string WritePath(PixelInput pixels)
    {
        var value = pixels.Image;
        foreach (var node in pixels.Path)
        {
            var copy = node.Clone();
            copy.Inputs[0] = value;
            value = copy.Outputs[0] = _names.Of($"{node.Outputs[0]}_pixels");
            if (copy.Name.Length > 0) copy.Name = value;
            _graph.Nodes.Add(copy);
        }
        return value;
    }

    private void WriteWeights(WeightedNode weighted)
    {
        var node = weighted.Node;
        var inputScale = _parameters[_plan.RangeOf[weighted.Input]].Scale;
        var bias = BiasWithResidual(weighted);
        // A bias is stored as a multiple of the two scales' product; where a channel's weights are next to nothing it would not fit 32 bits.
        Func<int, double>? least = bias is null ? null
            : _options.PerChannel ? c => Math.Abs(bias[c]) / ((double)inputScale * BiasLimit)
            : _ => bias.Max(Math.Abs) / ((double)inputScale * BiasLimit);
        var quantized = QuantizedWeights.Of(weighted.Weights, _options.PerChannel ? weighted.OutputAxis : null, IntegerRange.OfWeights(_options.ReduceRange), least);

        var stem = node.Inputs[WeightedNode.WeightInput];
        var scale = Add(quantized.ScalesToInitializer(_names.Of($"{stem}_scale")));
        var zero = Add(quantized.ZeroPointsToInitializer(_names.Of($"{stem}_zero_point")));
        var values = Add(quantized.ToInitializer(_names.Of($"{stem}_quantized"), weighted.Weights.Dims));
        node.Inputs[WeightedNode.WeightInput] = Dequantized(values, scale, zero, _names.Of($"{stem}_dequantized"), quantized.Axis);
        node.Remove("alpha");
        node.Remove("beta");
        if (bias is not null) WriteBias(node, bias, Array.ConvertAll(quantized.Scales, s => s * inputScale));
    }

    private const double BiasLimit = 1 << 30;

    private void WriteBias(Node node, float[] bias, float[] scales)
    {
        var stem = node.Input(WeightedNode.BiasInput) ?? $"{node.Inputs[WeightedNode.WeightInput]}_bias";
        var values = bias.Select((b, c) => (int)Math.Round((double)b / scales[scales.Length == 1 ? 0 : c])).ToArray();
        var scale = Add(scales.Length == 1 ? Initializer.Scalar(_names.Of($"{stem}_scale"), scales[0]) : Initializer.Create<float>(_names.Of($"{stem}_scale"), scales, scales.Length));
        var zero = Add(Initializer.Zeros(_names.Of($"{stem}_zero_point"), ElementType.Int32, scales.Length == 1 ? [] : [scales.Length]));
        var quantized = Add(Initializer.Create<int>(_names.Of($"{stem}_quantized"), values, values.Length));
        while (node.Inputs.Count <= WeightedNode.BiasInput) node.Inputs.Add("");
        node.Inputs[WeightedNode.BiasInput] = Dequantized(quantized, scale, zero, _names.Of($"{stem}_dequantized"), scales.Length == 1 ? null : 0);
    }

    /// <summary>The bias, and in it what the zero point of raw pixels is off by, which is the same at every pixel.</summary>
    private float[]? BiasWithResidual(WeightedNode weighted)
    {
        if (!_plan.Pixels.TryGetValue(weighted.Input, out var pixels) || pixels.Residual == 0 || weighted.Node.Is(Ops.MatMul)) return weighted.Bias;
        var bias = weighted.Bias?.ToArray() ?? new float[weighted.OutputChannels];
        var sums = ChannelSums.Of(weighted.Weights, weighted.OutputAxis);
        for (var c = 0; c < bias.Length; c++) bias[c] += (float)(pixels.Residual * sums[c]);
        return bias;
    }

    /// <summary>Constant operands become integers of the activations' type, of one scale.</summary>
    private void WriteConstants(Node node)
    {
        for (var i = 0; i < node.Inputs.Count; i++)
        {
            if (_facts.Constants.Find(node.Inputs[i]) is not { ElementType: ElementType.Float } constant) continue;
            var values = constant.Span<float>().ToArray();
            if (values.Length == 0) continue;
            var parameters = QuantizationParameters.Of(values.Min(), values.Max(), IntegerRange.OfActivations(_options.Activations, _options.Symmetric), _options.Symmetric);
            var (scale, zero) = Add(constant.Name, parameters);
            var bytes = Array.ConvertAll(values, v => (byte)parameters.Quantize(v));
            var quantized = Add(Initializer.FromBytes(_names.Of($"{constant.Name}_quantized"), parameters.Integers.Type, bytes, constant.Dims));
            node.Inputs[i] = Dequantized(quantized, scale, zero, _names.Of($"{constant.Name}_dequantized"));
        }
    }

    private (string Scale, string ZeroPoint) ParametersOf(string range)
    {
        if (_written.TryGetValue(range, out var written)) return written;
        return _written[range] = Add(range, _parameters[range]);
    }

    private (string Scale, string ZeroPoint) Add(string stem, QuantizationParameters parameters) => (
        Add(Initializer.Scalar(_names.Of($"{stem}_scale"), parameters.Scale)),
        Add(Initializer.FromBytes(_names.Of($"{stem}_zero_point"), parameters.Integers.Type, [(byte)parameters.ZeroPoint])));

    private string Add(Initializer tensor)
    {
        _graph.Initializers.Add(tensor);
        return tensor.Name;
    }

    private string Dequantized(string quantized, string scale, string zero, string output, int? axis = null)
    {
        var node = new Node(Ops.DequantizeLinear, [quantized, scale, zero], [output], _names.Of($"{output}_DequantizeLinear"));
        if (axis is { } along) node.Set("axis", (long)along);
        _graph.Nodes.Add(node);
        return output;
    }

    /// <summary>Lets the integer nodes that read a value read another.</summary>
    private void Redirect(string value, string instead)
    {
        foreach (var node in _plan.Nodes)
        {
            foreach (var i in Enumerable.Range(0, node.Inputs.Count).Where(i => node.Inputs[i] == value)) node.Inputs[i] = instead;
        }
    }
}
