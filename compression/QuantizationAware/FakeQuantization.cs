using OnnxPipeline.Models.Shapes;
using OnnxPipeline.Training.Lowering;

namespace OnnxPipeline.Compression.QuantizationAware;

/// <summary>
/// Puts rounding to 8 bits into a model, QuantizeLinear followed by DequantizeLinear, where int8 arithmetic rounds, and takes it out
/// again. Activations are uint8, from 0 behind a Relu; weights are int8, symmetric, with a scale for each output channel computed in the
/// graph from the weights of the moment. Ranges of activations are the model's own initializers: "v.min" and "v.max"
/// (<see cref="ObservedRanges"/>), or the weight "v.step", which times a constant k is the step between two levels. With k = (N·Q)^−¼ of
/// N elements a sample and Q levels, gradient descent on that weight moves the step as one on the step itself with its gradient scaled by
/// 1/√(N·Q), as Esser et al. 2020 have it.
/// </summary>
internal static class FakeQuantization
{
    private const string Prefix = "fake_quantize/";
    private const float Levels = byte.MaxValue;

    /// <summary>Keeps a scale above 0 where all values are 0.</summary>
    private const float Least = 1e-9f;

    /// <summary>A copy of the model that rounds. What rounds activations begins with the ranges given.</summary>
    public static Model Insert(Model source, IReadOnlyDictionary<string, TrainedRange> ranges, RangeLearning learning)
    {
        var model = source.Clone();
        var graph = model.Graph;
        var nodes = graph.Nodes.ToArray();
        var topology = new GraphTopology(graph);
        var opset = model.Opsets[Domains.Onnx];
        var types = learning == RangeLearning.LearnedStep ? ShapeInference.Infer(model) : null;
        var rounded = new Dictionary<string, string>(StringComparer.Ordinal);
        graph.Nodes.Clear();
        foreach (var node in nodes)
        {
            if (QuantizedValues.IsLinear(node, graph))
            {
                var (value, weights) = (node.Inputs[0], graph.Initializers[node.Inputs[1]]);
                if (!rounded.TryGetValue(value, out var roundedValue)) rounded[value] = roundedValue = Round(graph, value, QuantizedValues.IsNonNegative(topology, value), ranges[value], types is null ? null : UnitOf(types, value));
                var axis = QuantizedValues.OutputAxis(node, weights);
                var key = $"{weights.Name}/{axis}";
                if (!rounded.TryGetValue(key, out var roundedWeights)) rounded[key] = roundedWeights = RoundWeights(graph, weights, key, axis, opset);
                (node.Inputs[0], node.Inputs[1]) = (roundedValue, roundedWeights);
            }
            graph.Nodes.Add(node);
        }
        return model;
    }

    /// <summary>The model without rounding, with the ranges that it was trained with in its metadata.</summary>
    public static Model Remove(Model rounding)
    {
        var model = rounding.Clone();
        var graph = model.Graph;
        var added = graph.Nodes.Where(n => n.Name.StartsWith(Prefix, StringComparison.Ordinal)).ToHashSet();
        var original = added.Where(n => n.Is(Ops.DequantizeLinear)).ToDictionary(n => n.Outputs[0], n => added.Single(q => q.Outputs[0] == n.Inputs[0]).Inputs[0]);
        graph.Nodes.RemoveAll(added.Contains);
        foreach (var node in graph.Nodes)
        {
            for (var i = 0; i < node.Inputs.Count; i++) node.Inputs[i] = original.GetValueOrDefault(node.Inputs[i], node.Inputs[i]);
        }

        var topology = new GraphTopology(graph);
        foreach (var value in original.Values.Where(v => !graph.Initializers.Contains(v)))
        {
            var range = RangeOf(graph, value);
            foreach (var same in QuantizedValues.OfSameRange(topology, value)) TrainedRanges.Set(model, same, range);
            foreach (var own in new[] { ObservedRanges.MinOf(value), ObservedRanges.MaxOf(value), StepOf(value) }) graph.Initializers.Remove(own);
        }
        foreach (var constant in graph.Initializers.Where(t => t.Name.StartsWith(Prefix, StringComparison.Ordinal)).ToArray()) graph.Initializers.Remove(constant.Name);
        return model;
    }

    private static string StepOf(string value) => $"{value}.step";

    private static string UnitNameOf(string value) => $"{Prefix}{value}/unit";

    private static string ZeroOf(string value) => $"{Prefix}{value}/zero";

    private static TrainedRange RangeOf(Graph graph, string value)
    {
        if (!graph.Initializers.TryGet(StepOf(value), out var step))
            return new TrainedRange(graph.Initializers.TryGet(ObservedRanges.MinOf(value), out var min) ? min.Span<float>()[0] : 0, graph.Initializers[ObservedRanges.MaxOf(value)].Span<float>()[0]);
        var (size, zero) = (Math.Abs(step.Span<float>()[0]) * graph.Initializers[UnitNameOf(value)].Span<float>()[0], graph.Initializers[ZeroOf(value)].Span<byte>()[0]);
        return new TrainedRange(-size * zero, size * (Levels - zero));
    }

    private static string Round(Graph graph, string value, bool nonNegative, TrainedRange range, float? unit)
    {
        var pen = new Pen(graph, $"{Prefix}{value}/");
        if (unit is { } k)
        {
            var zero = nonNegative ? (byte)0 : (byte)128;
            var step = nonNegative ? range.Max / Levels : Math.Max(-range.Min / 128, range.Max / 127);
            graph.Initializers.Add(Initializer.Create<float>(StepOf(value), [Math.Max(step, Least) / k], 1));
            var scale = pen.Op(Ops.Mul, "scale", pen.Op(Ops.Abs, "step.absolute", StepOf(value)), pen.Constant(Initializer.Scalar("unit", k)));
            return pen.Pair(value, scale, pen.Constant(Initializer.Create<byte>("zero", [zero], 1)), 0);
        }

        graph.Initializers.Add(Initializer.Scalar(ObservedRanges.MaxOf(value), range.Max));
        var width = ObservedRanges.MaxOf(value);
        if (!nonNegative)
        {
            graph.Initializers.Add(Initializer.Scalar(ObservedRanges.MinOf(value), range.Min));
            width = pen.Op(Ops.Sub, "width", width, ObservedRanges.MinOf(value));
        }
        var ofRange = pen.Scale(width, Levels);
        return pen.Pair(value, ofRange, nonNegative ? pen.Constant(Initializer.Scalar("zero", (byte)0)) : pen.ZeroPoint(ObservedRanges.MinOf(value), ofRange), 0);
    }

    private static float UnitOf(IReadOnlyDictionary<string, TensorType> types, string value)
    {
        var elements = types.TryGetValue(value, out var type) && type.Shape is { } shape ? shape.Skip(1).Aggregate(1.0, (product, axis) => product * (axis.Size ?? 1)) : 1;
        return (float)Math.Pow(elements * Levels, -0.25);
    }

    private static string RoundWeights(Graph graph, Initializer weights, string key, int axis, long opset)
    {
        const float levels = sbyte.MaxValue;
        var pen = new Pen(graph, $"{Prefix}{key}/");
        long[] others = [.. Enumerable.Range(0, weights.Dims.Count).Where(a => a != axis).Select(a => (long)a)];
        var absolute = pen.Op(Ops.Abs, "absolute", weights.Name);
        var largest = opset < 18
            ? pen.Op(Ops.ReduceMax, "largest", n => n.Set("axes", others).Set("keepdims", 0), absolute)
            : pen.Op(Ops.ReduceMax, "largest", n => n.Set("keepdims", 0), absolute, pen.Constant(Initializer.Create<long>("axes", others, others.Length)));
        var zero = pen.Constant(Initializer.Zeros("zero", ElementType.Int8, weights.Dims[axis]));
        return pen.Pair(weights.Name, pen.Scale(largest, levels), zero, axis);
    }

    /// <summary>Writes what belongs to one value, all of it under the value's own prefix.</summary>
    private sealed class Pen(Graph graph, string prefix)
    {
        public string Op(string op, string name, params string[] inputs) => Op(op, name, _ => { }, inputs);

        public string Op(string op, string name, Action<Node> attributes, params string[] inputs)
        {
            var node = new Node(op, inputs, [prefix + name], prefix + name);
            attributes(node);
            graph.Nodes.Add(node);
            return node.Outputs[0];
        }

        public string Constant(Initializer constant)
        {
            constant.Name = prefix + constant.Name;
            graph.Initializers.Add(constant);
            return constant.Name;
        }

        public string Scale(string width, float levels) =>
            Op(Ops.Max, "scale", Op(Ops.Mul, "scale.raw", width, Constant(Initializer.Scalar("levels", 1 / levels))), Constant(Initializer.Scalar("least", Least)));

        /// <summary>The level that stands for 0: −min/scale, rounded.</summary>
        public string ZeroPoint(string min, string scale)
        {
            var level = Op(Ops.Round, "zero.level", Op(Ops.Div, "zero.ratio", Op(Ops.Neg, "zero.distance", min), scale));
            return Op(Ops.Cast, "zero", n => n.Set("to", (long)ElementType.UInt8), level);
        }

        public string Pair(string value, string scale, string zero, int axis)
        {
            var quantized = Op(Ops.QuantizeLinear, "quantized", n => n.Set("axis", axis), value, scale, zero);
            return Op(Ops.DequantizeLinear, "rounded", n => n.Set("axis", axis), quantized, scale, zero);
        }
    }
}
