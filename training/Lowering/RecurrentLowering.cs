using OnnxPipeline.Models.Shapes;
using OnnxPipeline.Training.Autodiff;

namespace OnnxPipeline.Training.Lowering;

/// <summary>
/// Writes LSTM, GRU and RNN out step by step, in operators that have gradients; the time axis must have a known size.
/// Source: https://onnx.ai/onnx/operators/onnx__LSTM.html, …GRU.html and …RNN.html.
/// </summary>
internal static class RecurrentLowering
{
    public static void Apply(Model model)
    {
        var nodes = model.Graph.Nodes.ToArray();
        if (!nodes.Any(IsRecurrent)) return;
        foreach (var node in nodes.Where(IsRecurrent))
        {
            if (WhyNot(node) is { } reason) throw new TrainingException($"Node '{node.DisplayName}': {node.OpType} {reason}, which training does not cover.");
        }

        var types = ShapeInference.Infer(model);
        var writer = new GraphWriter(model, nodes);
        model.Graph.Nodes.Clear();
        foreach (var node in nodes)
        {
            if (!IsRecurrent(node))
            {
                model.Graph.Nodes.Add(node);
                continue;
            }
            var time = types.TryGetValue(node.Inputs[0], out var type) && type.Shape is { Rank: 3 } shape ? shape[0].Size : null;
            new RecurrentUnroller(node, writer, time
                ?? throw new TrainingException($"Node '{node.DisplayName}': {node.OpType} is trained step by step, so the first axis of '{node.Inputs[0]}', time, must have a known size; it is {type.Shape?.ToString() ?? "of unknown rank"}.")).Write();
        }
    }

    public static bool IsRecurrent(Node node) => node.Is(Ops.LSTM) || node.Is(Ops.GRU) || node.Is(Ops.RNN);

    /// <summary>What about a node cannot be written out; null when all of it can.</summary>
    public static string? WhyNot(Node node) =>
        node.Input(4) is not null ? "has lengths of its sequences (sequence_lens)"
        : node.Input(7) is not null ? "has peephole weights (P)"
        : node.Int("layout", 0) != 0 ? "has the batch as its first axis (layout 1)"
        : node.Has("clip") ? "clips its gates (clip)"
        : node.Int("input_forget", 0) != 0 ? "couples its input and forget gates (input_forget)"
        : node.Strings("activations") is { } names && !names.Chunk(Usual(node).Length).All(n => n.SequenceEqual(Usual(node), StringComparer.OrdinalIgnoreCase)) ? $"has the activations {string.Join(", ", names)}"
        : null;

    private static string[] Usual(Node node) => node.OpType switch
    {
        Ops.LSTM => [Ops.Sigmoid, Ops.Tanh, Ops.Tanh],
        Ops.GRU => [Ops.Sigmoid, Ops.Tanh],
        _ => [Ops.Tanh],
    };
}
