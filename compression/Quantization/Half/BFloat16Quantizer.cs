using OnnxPipeline.Compression.Quantization.Placement;
using OnnxPipeline.Export;
using OnnxPipeline.Export.Passes;

namespace OnnxPipeline.Compression.Quantization.Half;

/// <summary>Stores weights as bfloat16 and widens them by a Cast, which ONNX Runtime does once, when it loads the model.</summary>
internal sealed class BFloat16Quantizer(Model model) : IMethod
{
    public MethodResult Apply(Func<Node, bool> stays, CancellationToken cancellation = default)
    {
        var copy = model.Clone();
        var facts = new GraphFacts(copy);
        var writer = new NodeWriter(copy.Graph);
        var (made, left) = (new List<string>(), new List<PassNote>());
        var widened = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var node in facts.Nodes.Where(n => OperatorRoles.Of(n) == OperatorRole.Weighted))
        {
            cancellation.ThrowIfCancellationRequested();
            var reason = Reasons.Asked;
            if (!stays(node) && WeightedNode.Of(node, facts.Constants, out reason) is not null)
            {
                var name = node.Inputs[WeightedNode.WeightInput];
                if (!widened.TryGetValue(name, out var wide)) wide = widened[name] = Widen(facts.Constants.Find(name)!, writer);
                node.Inputs[WeightedNode.WeightInput] = wide;
                made.Add(node.Name);
            }
            else left.Add(new PassNote(node.Name, reason));
        }
        writer.Finish();
        return new MethodResult(new EliminateDeadNodes().Apply(copy).Model, made, left);
    }

    private static string Widen(Initializer tensor, NodeWriter writer)
    {
        var stored = writer.Add(HalfTensors.Convert(tensor, ElementType.BFloat16, $"{tensor.Name}_bfloat16"));
        return writer.Add(Ops.Cast, [stored], $"{tensor.Name}_float", attributes: n => n.Set("to", (long)ElementType.Float));
    }
}
