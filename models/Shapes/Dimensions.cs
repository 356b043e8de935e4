namespace OnnxPipeline.Models.Shapes;

/// <summary>Arithmetic on axes that may have no size: what cannot be known becomes unknown, never a guess.</summary>
internal static class Dimensions
{
    /// <summary>False only when both have sizes and these differ.</summary>
    public static bool MayEqual(Dimension a, Dimension b) => a.Size is null || b.Size is null || a.Size == b.Size;

    public static bool MayEqual(TensorShape a, TensorShape b) => a.Rank == b.Rank && Enumerable.Range(0, a.Rank).All(i => MayEqual(a[i], b[i]));

    /// <summary>What is known of one axis from two descriptions of it: a size before a symbol before nothing.</summary>
    public static Dimension Merge(Dimension a, Dimension b) =>
        a.Size is not null ? a : b.Size is not null ? b : a.Symbol is not null ? a : b;

    public static TensorShape? Merge(TensorShape? a, TensorShape? b) =>
        a is null ? b : b is null ? a : new TensorShape([.. a.Zip(b, Merge)]);

    /// <summary>The product: a symbol survives when everything beside it is 1.</summary>
    public static Dimension Product(IEnumerable<Dimension> dimensions)
    {
        var product = (Dimension)1;
        foreach (var dimension in dimensions) product = Multiply(product, dimension);
        return product;
    }

    public static Dimension Multiply(Dimension a, Dimension b)
    {
        if (a.Size == 1) return b;
        if (b.Size == 1) return a;
        if (a.Size == 0 || b.Size == 0) return 0;
        return Calculate(a, b, (x, y) => checked(x * y));
    }

    public static Dimension Add(Dimension a, Dimension b) =>
        a.Size == 0 ? b : b.Size == 0 ? a : Calculate(a, b, (x, y) => checked(x + y));

    public static Dimension Subtract(Dimension a, Dimension b) => b.Size == 0 ? a : Calculate(a, b, (x, y) => checked(x - y));

    public static Dimension Divide(Dimension a, Dimension b) =>
        b.Size == 1 ? a : b.Size == 0 ? Dimension.Unknown : Calculate(a, b, (x, y) => x / y);

    private static Dimension Calculate(Dimension a, Dimension b, Func<long, long, long> operation)
    {
        if (a.Size is not { } x || b.Size is not { } y) return Dimension.Unknown;
        try
        {
            return operation(x, y);
        }
        catch (OverflowException)
        {
            return Dimension.Unknown;
        }
    }
}
