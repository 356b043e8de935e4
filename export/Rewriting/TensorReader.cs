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

    /// <summary>The elements; null unless they are Float, Double, Int32 or Int64.</summary>
    public static double[]? ToNumbers(Initializer tensor) => tensor.ElementType switch
    {
        ElementType.Int32 => Widen<int>(tensor),
        ElementType.Int64 => Widen<long>(tensor),
        _ => ToDoubles(tensor),
    };

    /// <summary>The elements of a short tensor of Int64, such as axes; null when it is another.</summary>
    public static long[]? ToLongs(Initializer? tensor) => tensor?.ElementType == ElementType.Int64 ? tensor.Span<long>().ToArray() : null;

    /// <summary>A tensor of <paramref name="type"/>, Float or Double, rounded from double.</summary>
    public static Initializer FromDoubles(string name, ElementType type, double[] values, params IEnumerable<long> dims) => type == ElementType.Double
        ? Initializer.Create<double>(name, values, dims)
        : Initializer.Create<float>(name, Array.ConvertAll(values, v => (float)v), dims);

    /// <summary>The elements of a type that double has all numbers of, or nearly.</summary>
    public static double[] Widen<T>(Initializer tensor) where T : unmanaged, INumber<T>
    {
        var from = tensor.Span<T>();
        var to = new double[from.Length];
        for (var i = 0; i < to.Length; i++) to[i] = double.CreateChecked(from[i]);
        return to;
    }
}
