namespace OnnxPipeline.Training.Autodiff.Rules;

/// <summary>Gradients of resampling. g is the gradient of the output.</summary>
internal static class ResizeRules
{
    /// <summary>
    /// Resize is linear along each axis: y = W·x with the weights of <see cref="ResizeWeights"/>, so ∂x = Wᵀ·g, axis by axis.
    /// </summary>
    public static IReadOnlyList<string?> Resize(GradientContext c)
    {
        if (c.Writer.Opset < 11) throw new AutodiffException($"{c.Node.DisplayName}: the gradient of Resize covers operator set 11 or later, and the model has {c.Writer.Opset}.");
        var rank = c.Shape(c.X()).Rank;
        var scales = c.Node.Input(2) is { } given ? Constants.Find(c.Writer.Graph, given)?.Span<float>().ToArray() : null;
        var gradient = c.Gradient;
        for (var axis = 0; axis < rank; axis++)
        {
            if (c.Shape(c.X())[axis] == c.Shape(c.Y())[axis] && (scales is not { Length: > 0 } || scales[axis] == 1)) continue;
            var (input, output) = (c.Size(c.X(), axis), c.Size(c.Y(), axis));
            var scale = scales is { Length: > 0 } ? scales[axis] : (double)output / input;
            gradient = Along(c, gradient, axis, rank, new ResizeWeights(c.Node, input, output, scale).ToMatrix(), output, input);
        }
        return [gradient];
    }

    /// <summary>The product along one axis with a matrix [output, input]; the last two axes need no transposing.</summary>
    private static string Along(GradientContext c, string gradient, int axis, int rank, float[] matrix, long output, long input)
    {
        if (axis == rank - 2)
        {
            var transposed = Enumerable.Range(0, matrix.Length).Select(i => matrix[i % output * input + i / output]).ToArray();
            return c.Op(Ops.MatMul, c.Writer.Shared(Initializer.Create<float>("", transposed, input, output)), gradient);
        }
        var weights = c.Writer.Shared(Initializer.Create<float>("", matrix, output, input));
        if (axis == rank - 1) return c.Op(Ops.MatMul, gradient, weights);
        long[] swapped = [.. Enumerable.Range(0, rank).Select(a => (long)(a == axis ? rank - 1 : a == rank - 1 ? axis : a))];
        string Swap(string value) => c.Op(Ops.Transpose, n => n.Set("perm", swapped), value);
        return Swap(c.Op(Ops.MatMul, Swap(gradient), weights));
    }
}
