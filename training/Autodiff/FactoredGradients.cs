namespace OnnxPipeline.Training.Autodiff;

/// <summary>
/// Gradients left as a product of a tensor and a factor for each channel (axis 1). A rule that can put the factor into
/// something small, as a convolution does into its weights, saves a pass over the tensor; for any other it is multiplied out.
/// </summary>
internal sealed class FactoredGradients(GraphWriter writer)
{
    private readonly Dictionary<string, (string Factor, int Rank)> _factors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _products = new(StringComparer.Ordinal);

    /// <summary>Says that the gradient is not <paramref name="tensor"/> itself, but that times the factor, a vector over the channels.</summary>
    public string Declare(string tensor, string factor, int rank)
    {
        _factors[tensor] = (factor, rank);
        return tensor;
    }

    /// <summary>The factor of a gradient, or null when it has none.</summary>
    public string? FactorOf(string gradient) => _factors.TryGetValue(gradient, out var factored) ? factored.Factor : null;

    /// <summary>The gradient itself, multiplied out once if it was left as a product.</summary>
    public string Multiply(string gradient)
    {
        if (!_factors.TryGetValue(gradient, out var factored)) return gradient;
        if (_products.TryGetValue(gradient, out var known)) return known;
        return _products[gradient] = writer.Op(Ops.Mul, gradient, PerChannel(writer, factored.Factor, factored.Rank));
    }

    /// <summary>A vector over the channels in a shape that broadcasts along axis 1 of a tensor of that rank.</summary>
    public static string PerChannel(GraphWriter writer, string vector, int rank) => rank == 2
        ? vector
        : writer.Op(Ops.Reshape, vector, writer.Constant([-1, .. Enumerable.Repeat(1L, rank - 2)]));
}
