using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>Which nodes give out one of their inputs as it is: one operator, one rule.</summary>
internal sealed class IdentityRules
{
    /// <summary>Before it, elementwise operators stretch their second input by an attribute.</summary>
    private const long OpsetOfBroadcasting = 7;

    /// <summary>Before it, Pad, Clip and Slice take attributes where they take inputs now.</summary>
    private const long OpsetOfInputs = 11;

    private readonly GraphRewriter _rewriter;
    private readonly ValueTypes _types;
    private readonly Dictionary<string, Func<Node, (string Input, string? Reason)?>> _rules;

    public IdentityRules(GraphRewriter rewriter, ValueTypes types)
    {
        (_rewriter, _types) = (rewriter, types);
        _rules = new()
        {
            [Ops.Identity] = node => (node.Inputs[0], null),
            [Ops.Cast] = node => _types.ElementOf(node.Input(0)) is { } type && (long)type == node.Int("to", 0) ? First(node, $"its input is {type} already") : null,
            [Ops.Reshape] = Reshaped,
            [Ops.Flatten] = Reshaped,
            [Ops.Squeeze] = Reshaped,
            [Ops.Unsqueeze] = Reshaped,
            [Ops.Expand] = node => KeepsShape(node.Inputs[0], node) ? First(node, "it does not stretch its input") : null,
            [Ops.Concat] = Alone,
            [Ops.Max] = Alone,
            [Ops.Mean] = Alone,
            [Ops.Min] = Alone,
            [Ops.Sum] = Alone,
            [Ops.Add] = node => Neutral(node, 0, 0) ?? Neutral(node, 1, 0),
            [Ops.Sub] = node => Neutral(node, 1, 0),
            [Ops.Mul] = node => Neutral(node, 0, 1) ?? Neutral(node, 1, 1),
            [Ops.Div] = node => Neutral(node, 1, 1),
            [Ops.Pow] = node => Neutral(node, 1, 1),
            [Ops.Clip] = node => _rewriter.Opset >= OpsetOfInputs && node.Input(1) is null && node.Input(2) is null ? First(node, "it has no bounds") : null,
            [Ops.Pad] = node => _rewriter.Opset >= OpsetOfInputs && All(node, 1, 0) ? First(node, "it adds nothing") : null,
            [Ops.Tile] = node => All(node, 1, 1) ? First(node, "it repeats nothing") : null,
            [Ops.AveragePool] = PointWindow,
            [Ops.MaxPool] = PointWindow,
        };
    }

    /// <summary>The input that the node gives out, and why it does; null when it changes something, or may.</summary>
    public (string Input, string? Reason)? Find(Node node) => node.Domain == Domains.Onnx ? _rules.GetValueOrDefault(node.OpType)?.Invoke(node) : null;

    private static (string, string?)? First(Node node, string reason) => (node.Inputs[0], reason);

    private static (string, string?)? Alone(Node node) => node.Inputs.Count == 1 ? First(node, "it has one input") : null;

    private (string, string?)? Reshaped(Node node)
    {
        if (_types.ShapeOf(node.Inputs[0]) is not { } from || _types.ShapeOf(node.Output(0)) is not { } to || from.Rank != to.Rank) return null;
        // The elements are as many as before, so one axis may be left open when all the others are the same.
        var open = from.Zip(to).Where(pair => pair.First.Size is null || pair.First.Size != pair.Second.Size).ToArray();
        var decided = open.Length == 0 || open is [var (_, after)] && after.Size is null && from.Zip(to).All(pair => pair.First.Size != 0 && pair.Second.Size != 0);
        return decided ? First(node, $"its input has the shape {to} already") : null;
    }

    private bool KeepsShape(string input, Node node) => _types.ShapeOf(input) is { } from && _types.ShapeOf(node.Output(0)) is { } to
        && from.Rank == to.Rank && from.Zip(to).All(pair => pair.First == pair.Second && (pair.First.Size ?? (object?)pair.First.Symbol) is not null);

    /// <summary>An input is the constant that the operation leaves the other as it is with, and does not stretch it.</summary>
    private (string, string?)? Neutral(Node node, int constantInput, double neutral)
    {
        if (node.Inputs.Count != 2 || _rewriter.Opset < OpsetOfBroadcasting) return null;
        if (_rewriter.Constants.Find(node.Inputs[constantInput]) is not { ElementCount: > 0 } constant) return null;
        if (TensorReader.ToNumbers(constant) is not { } values || values.Any(v => v != neutral)) return null;
        var data = node.Inputs[1 - constantInput];
        var stretches = constant.Dims.Count > 0 && !(constant.ElementCount == 1 && _types.ShapeOf(data)?.Rank >= constant.Dims.Count) && !KeepsShape(data, node);
        return stretches ? null : (data, $"{node.OpType} of {neutral} changes nothing");
    }

    /// <summary>A constant input holds one number alone, at every place.</summary>
    private bool All(Node node, int input, long value) => TensorReader.ToLongs(_rewriter.Constants.Find(node.Input(input))) is { } values && values.All(v => v == value);

    private (string, string?)? PointWindow(Node node)
    {
        bool All(string attribute, long value) => node.Ints(attribute)?.All(v => v == value) ?? true;
        return All("kernel_shape", 1) && All("strides", 1) && All("pads", 0) && !_rewriter.IsUsed(node.Output(1)) ? First(node, "its window is one element") : null;
    }
}
