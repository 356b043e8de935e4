using OnnxPipeline.Models.Shapes;
using OnnxPipeline.Training.Autodiff;

namespace OnnxPipeline.Training.Bundles;

/// <summary>Writes a graph in the operators of the ONNX standard alone, which every runtime has.</summary>
internal static class StandardOperators
{
    /// <summary>Rewrites FusedMatMul, ONNX Runtime's own, in place: of matrices as Gemm, of stacks as MatMul with its factors transposed.</summary>
    /// <exception cref="TrainingException">Other operators are not of the standard; all are listed.</exception>
    public static void Apply(Model model)
    {
        var nodes = model.Graph.Nodes.ToArray();
        var types = ShapeInference.Infer(model);
        model.Graph.Nodes.Clear();
        var writer = new GraphWriter(model, nodes);
        foreach (var node in nodes)
        {
            if (node.Is(Ops.FusedMatMul, Domains.Microsoft)) Rewrite(writer, node, types);
            else model.Graph.Nodes.Add(node);
        }
        var foreign = model.Graph.Nodes.Where(n => n.Domain is not (Domains.Onnx or Domains.MachineLearning)).Select(n => $"{n.DisplayName} ({n.QualifiedOpType})").ToArray();
        if (foreign.Length > 0)
            throw new TrainingException($"A bundle is of standard ONNX operators, so that every runtime can train it, and {foreign.Length} node(s) are not: {string.Join(", ", foreign)}. Export the model without them.");
        foreach (var domain in model.Opsets.Keys.Where(d => d is not (Domains.Onnx or Domains.MachineLearning)).ToArray()) model.Opsets.Remove(domain);
    }

    private static void Rewrite(GraphWriter writer, Node node, IReadOnlyDictionary<string, TensorType> types)
    {
        var (a, b) = (node.Inputs[0], node.Inputs[1]);
        var (transA, transB, alpha) = (node.Int("transA", 0), node.Int("transB", 0), node.Float("alpha", 1));
        int Rank(string value) => types[value].Shape?.Rank ?? throw new TrainingException($"Node '{node.DisplayName}': the rank of '{value}' is unknown, which writing it in standard operators needs.");
        if (Rank(a) == 2 && Rank(b) == 2)
        {
            writer.Graph.Nodes.Add(new Node(Ops.Gemm, [a, b], [node.Outputs[0]], node.Name).Set("transA", transA).Set("transB", transB).Set("alpha", alpha));
            return;
        }
        string Transposed(string value) => writer.Op(Ops.Transpose, n => n.Set("perm", [.. Enumerable.Range(0, Rank(value) - 2).Select(i => (long)i), Rank(value) - 1, Rank(value) - 2]), value);
        if (transA != 0) a = Transposed(a);
        if (transB != 0) b = Transposed(b);
        if (alpha != 1) a = writer.Op(Ops.Mul, a, writer.Constant(alpha));
        writer.Graph.Nodes.Add(new Node(Ops.MatMul, [a, b], [node.Outputs[0]], node.Name));
    }
}
