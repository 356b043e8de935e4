using OnnxPipeline.Compression.Quantization.Placement;
using OnnxPipeline.Export;
using OnnxPipeline.Export.Passes;

namespace OnnxPipeline.Compression.Quantization.Half;

/// <summary>
/// Computes in float16 from the first node with weights on. Before it pixels are made numbers, which needs float32's digits; operators
/// named in the options, those that ONNX defines for float32 alone and those of unknown types stay in float32 between two Casts.
/// </summary>
internal sealed class Float16Quantizer(Model model, Float16QuantizeOptions options) : IMethod
{
    private static readonly HashSet<string> Halved =
    [
        Ops.Conv, Ops.ConvTranspose, Ops.Gemm, Ops.MatMul, Ops.Add, Ops.Sub, Ops.Mul, Ops.Div, Ops.Max, Ops.Min, Ops.Relu, Ops.Clip, Ops.LeakyRelu, Ops.PRelu, Ops.Elu,
        Ops.Sigmoid, Ops.Tanh, Ops.HardSwish, Ops.HardSigmoid, Ops.Gelu, Ops.Erf, Ops.Sqrt, Ops.Neg, Ops.Abs, Ops.MaxPool, Ops.AveragePool, Ops.GlobalAveragePool,
        Ops.GlobalMaxPool, Ops.Concat, Ops.Flatten, Ops.Reshape, Ops.Transpose, Ops.Squeeze, Ops.Unsqueeze, Ops.Slice, Ops.Split, Ops.Gather, Ops.Pad, Ops.Expand,
        Ops.Tile, Ops.Identity, Ops.Softmax, Ops.LogSoftmax, Ops.Exp, Ops.Log, Ops.Pow, Ops.ReduceMean, Ops.ReduceSum, Ops.ReduceMax, Ops.LayerNormalization, Ops.InstanceNormalization,
    ];

    public MethodResult Apply(Func<Node, bool> stays, CancellationToken cancellation = default)
    {
        var copy = model.Clone();
        var facts = new GraphFacts(copy);
        var conversion = new Conversion(copy.Graph, facts);
        var (made, left, notes) = (new List<string>(), new List<PassNote>(), new List<string>());
        var begun = new HashSet<Node>();
        foreach (var node in facts.Nodes)
        {
            cancellation.ThrowIfCancellationRequested();
            var weighted = OperatorRoles.Of(node) == OperatorRole.Weighted;
            if (weighted || node.Inputs.Any(i => facts.Topology.Producer(i) is { } maker && begun.Contains(maker))) begun.Add(node);
            var reason = stays(node) ? Reasons.Asked : WhyFloat(node, facts, begun.Contains(node), notes);
            if (reason is null) conversion.Halve(node);
            else conversion.Keep(node);
            if (!weighted) continue;
            if (reason is null) made.Add(node.Name);
            else left.Add(new PassNote(node.Name, reason));
        }
        conversion.Finish();
        return new MethodResult(new EliminateDeadNodes().Apply(copy).Model, made, left, notes);
    }

    private string? WhyFloat(Node node, GraphFacts facts, bool begun, List<string> notes)
    {
        if (!begun) return "it comes before the first weights";
        if (options.FloatOps.Contains(node.OpType)) return $"the options keep {node.OpType} in float32";
        if (node.Domain != Domains.Onnx || !Halved.Contains(node.OpType)) return $"{node.QualifiedOpType} is not known to have a float16 form";
        foreach (var input in node.Inputs.Where(i => i.Length > 0))
        {
            if (facts.Constants.Find(input) is { ElementType: ElementType.Float } constant)
            {
                if (HalfTensors.FirstOutside(constant, ElementType.Float16) is not { } outside) continue;
                var note = $"'{input}' holds {outside:g4}, beyond float16's largest number of 65504; {node.OpType} '{node.Name}' stays in float32.";
                notes.Add(note);
                return note;
            }
            if (facts.TypeOf(input).Element == ElementType.Undefined) return $"the type of '{input}' is not known";
        }
        return null;
    }

    /// <summary>Puts Casts where float32 and float16 meet.</summary>
    private sealed class Conversion(Graph graph, GraphFacts facts)
    {
        private readonly NodeWriter _writer = new(graph);
        private readonly HashSet<string> _half = new(StringComparer.Ordinal);
        private readonly Dictionary<(string Value, ElementType To), string> _casts = [];

        /// <summary>Lets a node compute in float16; those before it have been seen.</summary>
        public void Halve(Node node)
        {
            Read(node, ElementType.Float16);
            foreach (var output in node.Outputs.Where(o => o.Length > 0 && facts.TypeOf(o).Element == ElementType.Float)) _half.Add(output);
        }

        public void Keep(Node node) => Read(node, ElementType.Float);

        /// <summary>Gives the graph's outputs their type back under their names.</summary>
        public void Finish()
        {
            foreach (var output in graph.Outputs.Select(o => o.Name).Where(_half.Contains).ToArray())
            {
                var maker = facts.Topology.Producer(output)!;
                var half = Cast(output, ElementType.Float);
                // The Cast has the name that the value must have, and the value another.
                var cast = graph.Nodes.Single(n => n.Outputs.Contains(half));
                var before = $"{half}16";
                maker.Outputs[maker.Outputs.IndexOf(output)] = before;
                foreach (var reader in graph.Nodes)
                {
                    for (var i = 0; i < reader.Inputs.Count; i++)
                    {
                        if (reader.Inputs[i] == output) reader.Inputs[i] = before;
                        else if (reader.Inputs[i] == half) reader.Inputs[i] = output;
                    }
                }
                cast.Outputs[0] = output;
            }
            _writer.Finish();
        }

        private void Read(Node node, ElementType type)
        {
            for (var i = 0; i < node.Inputs.Count; i++)
            {
                var input = node.Inputs[i];
                if (input.Length == 0 || facts.TypeOf(input).Element != ElementType.Float && facts.Constants.Find(input)?.ElementType != ElementType.Float) continue;
                if (_half.Contains(input) != (type == ElementType.Float16)) node.Inputs[i] = Cast(input, type);
            }
        }

        /// <summary>A value in the other type; a constant is stored so.</summary>
        private string Cast(string value, ElementType to)
        {
            if (_casts.TryGetValue((value, to), out var known)) return known;
            var stem = $"{value}_{to.ToString().ToLowerInvariant()}";
            return _casts[(value, to)] = to == ElementType.Float16 && facts.Constants.Find(value) is { } constant
                ? _writer.Add(HalfTensors.Convert(constant, to, stem))
                : _writer.Add(Ops.Cast, [value], stem, attributes: n => n.Set("to", (long)to));
        }
    }
}
