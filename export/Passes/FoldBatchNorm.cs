using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Passes;

/// <summary>
/// Folds a BatchNormalization in inference form, y = scale·x + shift in each channel, into the Conv, ConvTranspose or Gemm before
/// it: W' = scale·W, b' = scale·b + shift. Where that cannot be, into the one after it: W' = W·scale, b' = b + W·shift, which is
/// exact only without zero padding.
/// </summary>
public sealed class FoldBatchNorm : IPass, IRewrite
{
    public string Name => nameof(FoldBatchNorm);

    public PassResult Apply(Model model, PassOptions? options = null) => GraphRewriter.Apply(this, model, options);

    void IRewrite.Rewrite(GraphRewriter rewriter, PassOptions options)
    {
        var left = new List<(Node Node, ChannelAffine Affine, string Reason)>();
        foreach (var node in rewriter.Nodes.Where(n => n.Is(Ops.BatchNormalization)))
        {
            if (WhyNotAffine(node, rewriter, out var affine) is { } reason) rewriter.Declined(node, reason);
            else if (FoldIntoProducer(node, affine!, rewriter) is { } obstacle) left.Add((node, affine!, obstacle));
        }
        // Backwards: of two in a row, the second is next to the Conv and goes first.
        foreach (var (node, affine, reason) in left.AsEnumerable().Reverse())
        {
            if (FoldIntoUser(node, affine, rewriter) is { } obstacle) rewriter.Declined(node, $"{reason}; {obstacle}");
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

    private static string? FoldIntoProducer(Node node, ChannelAffine affine, GraphRewriter rewriter)
    {
        var value = node.Inputs[0];
        if (rewriter.Producer(value) is not { } producer || !LinearNode.Matches(producer))
            return $"no Conv, ConvTranspose or Gemm makes its input '{value}'";
        if (rewriter.WhyShared(value, node) is { } shared) return shared;
        if (LinearNode.Of(rewriter, producer, out var reason) is not { } linear) return reason;
        if (linear.OutputChannels != affine.Channels) return $"it has {affine.Channels} channels, but '{producer.DisplayName}' makes {linear.OutputChannels}";
        if (rewriter.Bypass(node, value) is { } obstacle) return obstacle;

        linear.FoldAfter(affine);
        rewriter.Rewrote(node, $"folded into {producer.OpType} '{producer.DisplayName}' before it");
        return null;
    }

    private static string? FoldIntoUser(Node node, ChannelAffine affine, GraphRewriter rewriter)
    {
        if (LinearUser.Of(node, rewriter) is not { } user) return "no Conv or Gemm is the only reader of its output";
        if (LinearNode.Of(rewriter, user, out var reason) is not { } linear) return reason;
        if (linear.WhyNotBefore(affine) is { } obstacle) return obstacle;
        if (rewriter.Bypass(node, node.Inputs[0]) is { } stuck) return stuck;

        linear.FoldBefore(affine);
        rewriter.Rewrote(node, $"folded into {user.OpType} '{user.DisplayName}' after it");
        return null;
    }
}
