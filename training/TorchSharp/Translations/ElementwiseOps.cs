using OnnxPipeline.Training.TorchSharp.Graphs;

namespace OnnxPipeline.Training.TorchSharp.Translations;

/// <summary>Arithmetic, element by element.</summary>
internal static class ElementwiseOps
{
    /// <summary>Integers are divided towards zero.</summary>
    public static TorchFunction Div(TorchNode node) => node.Element(0) is ElementType.Int64 or ElementType.Int32
        ? x => x[0].div(x[1], torch.RoundingMode.trunc)
        : x => x[0].div(x[1]);

    /// <summary>An exponent that is known is given as a number: then its own gradient, which has a logarithm, is not computed.</summary>
    public static TorchFunction Pow(TorchNode node)
    {
        if (node.ConstantFloat(1) is not { } exponent || node.Constant(1)!.Dims.Count > 0) return x => x[0].pow(x[1]);
        return x => x[0].pow(exponent);
    }

    public static Tensor Sum(Arguments x) => x.All.Aggregate((a, b) => a.add(b));
}
