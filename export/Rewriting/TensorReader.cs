using System.Numerics;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>Constant tensors as double, the precision that folding computes in.</summary>
internal static class TensorReader
{
    /// <summary>The elements; null unless they are Float or Double.</summary>
    public static double[]? ToDoubles(Initializer tensor) => tensor.ElementType switch
    {
        ElementType.Float => Widen<float>(tensor),
        ElementType.Double => Widen<double>(tensor),
        _ => null,
    };

    /// <summary>A tensor of <paramref name="type"/>, Float or Double, rounded from double.</summary>
    public static Initializer FromDoubles(string name, ElementType type, double[] values, params IEnumerable<long> dims) => type == ElementType.Double
        ? Initializer.Create<double>(name, values, dims)
        : Initializer.Create<float>(name, Array.ConvertAll(values, v => (float)v), dims);

    private static double[] Widen<T>(Initializer tensor) where T : unmanaged, INumber<T>
    {
        var from = tensor.Span<T>();
        var to = new double[from.Length];
        for (var i = 0; i < to.Length; i++) to[i] = double.CreateChecked(from[i]);
        return to;
    }
}
