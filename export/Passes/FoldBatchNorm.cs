using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Passes;

/// <summary>
/// Folds a BatchNormalization in inference form, y = scale·x + shift in each channel, into the Conv, ConvTranspose, Gemm or
/// MatMul before it, through poolings between them where those let it pass: W' = scale·W, b' = scale·b + shift. Where that cannot be,
/// into the one after it: W' = W·scale, b' = b + W·shift, which is exact only without zero padding.
/// </summary>
public sealed class FoldBatchNorm : IPass, IRewrite
{
    public string Name => nameof(FoldBatchNorm);

    public PassResult Apply(Model model, PassOptions? options = null) => GraphRewriter.Apply(this, model, options);

    void IRewrite.Rewrite(GraphRewriter rewriter, PassOptions options)
    {
        var types = new ValueTypes(rewriter.Model);
        var left = new List<(Node Node, ChannelAffine Affine, string Reason)>();
        foreach (var node in rewriter.Nodes.Where(n => n.Is(Ops.BatchNormalization)))
        {
            if (WhyNotAffine(node, rewriter, out var affine) is { } reason) rewriter.Declined(node, reason);
            else if (FoldIntoProducer(node, affine!, rewriter, types) is { } obstacle) left.Add((node, affine!, obstacle));
        }
        // Backwards: of two in a row, the second is next to the Conv and goes first.
        foreach (var (node, affine, reason) in left.AsEnumerable().Reverse())
        {
            if (FoldIntoUser(node, affine, rewriter, types) is { } obstacle) rewriter.Declined(node, $"{reason}; {obstacle}");
        }
    }

    private static string? WhyNotAffine(Node node, GraphRewriter rewriter, out ChannelAffine? affine)
    {
        affine = null;
        if (node.Int("training_mode", 0) != 0 || node.Outputs.Count > 1) return $"it is in training form; {nameof(DropTrainingOnlyNodes)} comes first";
        if (node.Int("spatial", 1) == 0) return "spatial=0 normalises each position by itself";
        if (rewriter.Opset < 7) return $"opset {rewriter.Opset} defines BatchNormalization differently; expected 7 or later";
        affine = ChannelAffine.OfBatchNorm(node, rewriter.Constants, out var reason);
        return affine is null ? reason : null;
    }

    private static string? FoldIntoProducer(Node node, ChannelAffine affine, GraphRewriter rewriter, ValueTypes types)
    {
        var (value, reader) = (node.Inputs[0], node);
        var producer = rewriter.Producer(value);
        for (; producer is not null && Poolings.Matches(producer); producer = rewriter.Producer(value))
        {
            if (rewriter.WhyShared(value, reader) is { } sharedPooling) return sharedPooling;
            if (Poolings.WhyNotBefore(producer, affine, rewriter) is { } stays) return stays;
            (value, reader) = (producer.Inputs[0], producer);
        }
        if (producer is null || !LinearNode.Matches(producer)) return $"no Conv, ConvTranspose, Gemm or MatMul makes its input '{value}'";
        if (rewriter.WhyShared(value, reader) is { } shared) return shared;
        if (LinearNode.Of(rewriter, producer, types, out var reason) is not { } linear) return reason;
        if (linear.OutputChannels != affine.Channels) return $"it has {affine.Channels} channels, but '{producer.DisplayName}' makes {linear.OutputChannels}";
        if (rewriter.Bypass(node, node.Inputs[0]) is { } obstacle) return obstacle;

        var op = producer.OpType;
        linear.FoldAfter(affine);
        rewriter.Rewrote(node, $"folded into {op} '{producer.DisplayName}' before it");
        return null;
    }

    private static string? FoldIntoUser(Node node, ChannelAffine affine, GraphRewriter rewriter, ValueTypes types)
    {
        if (LinearUser.Of(node, rewriter) is not { } user) return "no Conv, Gemm or MatMul is the only reader of its output";
        if (LinearNode.Of(rewriter, user, types, out var reason) is not { } linear) return reason;
        if (linear.WhyNotBefore(affine) is { } obstacle) return obstacle;
        if (rewriter.Bypass(node, node.Inputs[0]) is { } stuck) return stuck;

        var op = user.OpType;
        linear.FoldBefore(affine);
        rewriter.Rewrote(node, $"folded into {op} '{user.DisplayName}' after it");
        return null;
    }
}
