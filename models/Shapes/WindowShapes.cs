namespace OnnxPipeline.Models.Shapes;

/// <summary>Rules of convolutions and poolings. Images are [N,C,spatial…], kernels [out,in/groups,spatial…].</summary>
internal static class WindowShapes
{
    private const string ImageLayout = "[N,C,spatial...]";

    public static TensorType[] Conv(NodeContext c)
    {
        var element = c.FloatElement(0, 1, 2);
        if (Shapes(c) is not { } shapes) return [new(element, null)];
        var (x, w) = shapes;
        var groups = Groups(c);
        if (w[1].Size is { } inner && !Dimensions.MayEqual(x[1], inner * groups))
            throw c.Error($"an image of {inner * groups} channels ({groups} group(s) of the kernel {w} in '{c.Node.Inputs[1]}')", $"{x[1]} channels in '{c.Node.Inputs[0]}' {x}");
        if (w[0].Size % groups is > 0) throw c.Error($"a number of output channels that {groups} groups divide", $"{w[0]}");
        c.Vector(2, w[0], "[output channels]");
        return [new(element, Image(x[0], w[0], Spatial(c, x, w, window => window.Apply(Rest(x)))))];
    }

    /// <summary>The kernel is [in,out/groups,spatial…].</summary>
    public static TensorType[] ConvTranspose(NodeContext c)
    {
        var element = c.FloatElement(0, 1, 2);
        if (Shapes(c) is not { } shapes) return [new(element, null)];
        var (x, w) = shapes;
        if (!Dimensions.MayEqual(x[1], w[0]))
            throw c.Error($"an image of {w[0]} channels (the kernel '{c.Node.Inputs[1]}' is {w})", $"{x[1]} channels in '{c.Node.Inputs[0]}' {x}");
        var channels = Dimensions.Multiply(w[1], Groups(c));
        c.Vector(2, channels, "[output channels]");
        var fixedShape = c.Node.Ints("output_shape");
        var spatial = fixedShape is { Count: > 0 } && fixedShape.Count >= x.Rank - 2
            ? [.. fixedShape.TakeLast(x.Rank - 2).Select(s => (Dimension)s)]
            : Spatial(c, x, w, window => window.Transpose(Rest(x)));
        return [new(element, Image(x[0], channels, spatial))];
    }

    public static TensorType[] Pool(NodeContext c) => [Pooled(c, c.FloatElement(0))];

    /// <summary>The maxima, and their flat indices.</summary>
    public static TensorType[] MaxPool(NodeContext c)
    {
        var type = Pooled(c, c.Element(0));
        return [type, type with { Element = ElementType.Int64 }];
    }

    public static TensorType[] MaxUnpool(NodeContext c)
    {
        c.Require(1, ElementType.Int64);
        c.Require(2, ElementType.Int64);
        var element = c.FloatElement(0);
        if (c.ShapeFrom(0, 3, ImageLayout) is not { } x) return [new(element, null)];
        if (c.Shape(1) is { } indices && !Dimensions.MayEqual(indices, x)) throw c.Error($"indices of shape {x}", $"{indices}");
        if (!c.Node.Has("kernel_shape")) throw c.Error("attribute 'kernel_shape'", "none");
        if (c.Optional(2) is null) return [new(element, Image(x[0], x[1], new Window(c, Kernel(c, x.Rank)).Transpose(Rest(x))))];
        return [new(element, c.Values(2) is { } sizes && sizes.Count == x.Rank ? new TensorShape(sizes) : null)];
    }

    public static TensorType[] GlobalPool(NodeContext c)
    {
        var element = c.FloatElement(0);
        return [new(element, c.ShapeFrom(0, 3, ImageLayout) is { } x ? Image(x[0], x[1], Enumerable.Repeat((Dimension)1, x.Rank - 2)) : null)];
    }

    private static TensorType Pooled(NodeContext c, ElementType element)
    {
        if (!c.Node.Has("kernel_shape")) throw c.Error("attribute 'kernel_shape'", "none");
        return new(element, c.ShapeFrom(0, 3, ImageLayout) is { } x ? Image(x[0], x[1], new Window(c, Kernel(c, x.Rank)).Apply(Rest(x))) : null);
    }

    private static (TensorShape X, TensorShape W)? Shapes(NodeContext c)
    {
        if (c.ShapeFrom(0, 3, ImageLayout) is not { } x || c.Shape(1) is not { } w) return null;
        return w.Rank == x.Rank ? (x, w) : throw c.Error($"a kernel of {x.Rank} axes for the image {x}", $"'{c.Node.Inputs[1]}' {w}");
    }

    private static long Groups(NodeContext c) => c.Node.Int("group", 1) is >= 1 and var groups ? groups : throw c.Error("attribute 'group' of at least 1", $"{c.Node.Int("group", 1)}");

    private static IEnumerable<Dimension> Spatial(NodeContext c, TensorShape x, TensorShape w, Func<Window, Dimension[]> apply)
    {
        var kernel = Rest(w);
        if (c.Node.Ints("kernel_shape") is { Count: > 0 })
        {
            var declared = Kernel(c, x.Rank);
            if (!Dimensions.MayEqual(TensorShape.Of(declared), new TensorShape(kernel)))
                throw c.Error($"a kernel of [{string.Join(",", declared)}] as attribute 'kernel_shape' says", $"'{c.Node.Inputs[1]}' {w}");
            return apply(new Window(c, declared));
        }
        return kernel.All(k => k.Size is not null) ? apply(new Window(c, [.. kernel.Select(k => k.Size!.Value)])) : Enumerable.Repeat(Dimension.Unknown, x.Rank - 2);
    }

    private static long[] Kernel(NodeContext c, int rank)
    {
        long[] kernel = [.. c.Node.Ints("kernel_shape")!];
        return kernel.Length == rank - 2 ? kernel : throw c.Error($"attribute 'kernel_shape' of {rank - 2} numbers", $"[{string.Join(",", kernel)}]");
    }

    private static Dimension[] Rest(TensorShape shape) => [.. shape.Skip(2)];

    private static TensorShape Image(Dimension batch, Dimension channels, IEnumerable<Dimension> spatial) => new([batch, channels, .. spatial]);
}
