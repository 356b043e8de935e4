using OnnxPipeline.Models.Shapes;
using OnnxPipeline.Training.Autodiff;
using OnnxPipeline.Training.Lowering;

namespace OnnxPipeline.Training;

/// <summary>Whether the weights of a model, any ONNX model, can be trained, and if not, every reason.</summary>
/// <param name="Weights">Numbers that training could change.</param>
/// <param name="Obstacles">What stands in the way; empty when nothing does.</param>
public sealed record Trainability(long Weights, IReadOnlyList<string> Obstacles)
{
    private static readonly HashSet<string> ControlFlow = ["If", "Loop", "Scan"];

    private static readonly HashSet<string> IntegerArithmetic =
        [Ops.MatMulInteger, "ConvInteger", "QLinearConv", "QLinearMatMul", "DynamicQuantizeLinear", "QGemm", "MatMulNBits"];

    public bool IsTrainable => Obstacles.Count == 0;

    /// <summary>Looks for gradients of all float outputs with respect to all weights. The model is not changed.</summary>
    public static Trainability Of(Model model)
    {
        var weights = Trainables.Of(model.Graph);
        var numbers = weights.Sum(w => w.ElementCount);
        List<string> obstacles = [.. Structure(model.Graph)];
        if (weights.Count == 0) obstacles.Add("it has no float weights: every initializer is a scalar, a running statistic or an integer");
        return new Trainability(numbers, obstacles.Count > 0 ? obstacles : Gradients(model, [.. weights.Select(w => w.Name)]));
    }

    private static IEnumerable<string> Structure(Graph graph)
    {
        foreach (var node in graph.Nodes.Where(n => ControlFlow.Contains(n.OpType) && n.Domain == Domains.Onnx))
            yield return $"node '{node.DisplayName}': {node.OpType} decides at run time what is computed, which has no gradient graph; export the model without control flow";
        var integer = graph.Nodes.Where(n => IntegerArithmetic.Contains(n.OpType)).ToArray();
        if (integer.Length > 0) yield return $"it is quantised: {integer.Length} nodes compute in integers ({Listed(integer)}); train the float model it was made from";
        var stored = graph.Nodes.Where(n => n.Is(Ops.DequantizeLinear) && graph.Initializers.Contains(n.Inputs[0])).ToArray();
        if (stored.Length > 0) yield return $"it is quantised: {stored.Length} weights are stored as integers ({Listed(stored)}); train the float model it was made from";
        foreach (var node in graph.Nodes.Where(RecurrentLowering.IsRecurrent))
        {
            if (RecurrentLowering.WhyNot(node) is { } reason) yield return $"node '{node.DisplayName}': {node.OpType} {reason}, which training does not cover";
        }
    }

    private static IReadOnlyList<string> Gradients(Model source, string[] weights)
    {
        try
        {
            var model = source.Clone();
            RecurrentLowering.Apply(model);
            BatchNormLowering.Apply(model, frozen: new HashSet<string>());
            var types = ShapeInference.Infer(model);
            var writer = new GraphWriter(model);
            string[] outputs = [.. model.Graph.Outputs.Select(o => o.Name).Where(o => types.TryGetValue(o, out var type) && type.Element == ElementType.Float)];
            if (outputs.Length == 0) return ["none of its outputs is float32"];
            var loss = writer.Total(outputs[0]);
            foreach (var output in outputs.Skip(1)) loss = writer.Op(Ops.Add, loss, writer.Total(output));
            var reached = Differentiator.AddGradients(model, loss, weights);
            return reached.Count > 0 ? [] : ["no output depends on a weight in a way that has a gradient"];
        }
        catch (AutodiffException exception)
        {
            return exception.Obstacles.Count > 0 ? exception.Obstacles : [exception.Message];
        }
        catch (Exception exception) when (exception is TrainingException or GraphException or ModelFormatException)
        {
            return [exception.Message];
        }
    }

    private static string Listed(Node[] nodes) => $"{string.Join(", ", nodes.Take(3).Select(n => n.DisplayName))}{(nodes.Length > 3 ? ", …" : "")}";
}
