using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Passes;

/// <summary>Folds a Pad that adds zeros around an image into the padding of the Conv that alone reads it.</summary>
public sealed class FoldPads : IPass, IRewrite
{
    private const string Pads = "pads";
    private const string AutoPad = "auto_pad";
    private const long OpsetOfInputs = 11;

    public string Name => nameof(FoldPads);

    public PassResult Apply(Model model, PassOptions? options = null) => GraphRewriter.Apply(this, model, options);

    void IRewrite.Rewrite(GraphRewriter rewriter, PassOptions options)
    {
        var types = new ValueTypes(rewriter.Model);
        foreach (var pad in rewriter.Nodes.Where(n => n.Is(Ops.Pad)))
        {
            if (Fold(pad, rewriter, types) is { } reason) rewriter.Declined(pad, reason);
        }
    }

    private static string? Fold(Node pad, GraphRewriter rewriter, ValueTypes types)
    {
        var value = pad.Outputs[0];
        if (rewriter.Users(value).FirstOrDefault() is not { } conv || !conv.Is(Ops.Conv) || conv.Inputs[0] != value) return "no Conv reads its output";
        if (rewriter.WhyShared(value, conv) is { } shared) return shared;
        if (WhyNotZeros(pad, rewriter) is { } other) return other;
        if (Amounts(pad, rewriter, types, out var reason) is not { } amounts) return reason;
        if (conv.String(AutoPad) is "SAME_UPPER" or "SAME_LOWER") return $"Conv '{conv.DisplayName}' pads by itself (auto_pad), by the size of its input";
        var rank = amounts.Length / 2;
        if (amounts[0] != 0 || amounts[1] != 0 || amounts[rank] != 0 || amounts[rank + 1] != 0) return $"it pads the batch or the channels: [{string.Join(",", amounts)}]";
        if (amounts.Any(a => a < 0)) return $"it crops: [{string.Join(",", amounts)}]";
        if (rewriter.Bypass(pad, pad.Inputs[0]) is { } obstacle) return obstacle;

        long[] spatial = [.. amounts[2..rank], .. amounts[(rank + 2)..]];
        var before = conv.Ints(Pads);
        conv.Set(Pads, spatial.Select((amount, i) => amount + (before is { Count: > 0 } ? before[i] : 0)));
        conv.Remove(AutoPad);
        rewriter.Rewrote(pad, $"folded into Conv '{conv.DisplayName}'");
        return null;
    }

    private static string? WhyNotZeros(Node pad, GraphRewriter rewriter)
    {
        if ((pad.String("mode") ?? "constant") is var mode and not "constant") return $"it pads by '{mode}', not with a constant";
        if (rewriter.Opset < OpsetOfInputs) return pad.Float("value", 0) != 0 ? $"it pads with {pad.Float("value", 0)}, not with 0" : null;
        if (pad.Input(2) is not { } name) return null;
        if (rewriter.Constants.Find(name) is not { } constant || TensorReader.ToDoubles(constant) is not [var value]) return $"what it pads with, '{name}', is no constant of Float or Double";
        return value != 0 ? $"it pads with {value}, not with 0" : null;
    }

    /// <summary>What is added before and after each axis, all the axes.</summary>
    private static long[]? Amounts(Node pad, GraphRewriter rewriter, ValueTypes types, out string reason)
    {
        reason = "";
        var pads = rewriter.Opset < OpsetOfInputs ? pad.Ints(Pads)?.ToArray() : TensorReader.ToLongs(rewriter.Constants.Find(pad.Input(1)));
        if (pads is null)
        {
            reason = $"how much it pads, '{pad.Input(1)}', is not constant";
            return null;
        }
        if (pad.Input(3) is not { } axesName) return pads;
        if (types.ShapeOf(pad.Inputs[0]) is not { } shape || TensorReader.ToLongs(rewriter.Constants.Find(axesName)) is not { } axes)
        {
            reason = $"the axes that it pads, '{axesName}', are not constant, or the rank of its input is not known";
            return null;
        }
        return WindowPadding.OfAllAxes(pads, axes, shape.Rank);
    }
}
