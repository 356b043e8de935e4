using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>Finds the Conv, ConvTranspose, Gemm or MatMul that alone reads a node's output, directly or through Flatten.</summary>
internal static class LinearUser
{
    public static Node? Of(Node node, GraphRewriter rewriter)
    {
        var value = node.Outputs[0];
        var user = rewriter.SoleUser(value);
        if (user is not null && user.Is(Ops.Flatten) && user.Int("axis", 1) == 1)
        {
            value = user.Outputs[0];
            user = rewriter.SoleUser(value);
            // Flattened channels stay together only for a matrix product.
            if (user is not null && !user.Is(Ops.Gemm) && !user.Is(Ops.MatMul)) return null;
        }
        return user is not null && LinearNode.Matches(user) && user.Inputs[0] == value && user.Inputs.Count(i => i == value) == 1 ? user : null;
    }
}
