namespace OnnxPipeline.Models.Shapes;

/// <summary>A sliding window over the spatial axes: the attributes that convolutions and poolings share, checked against one another.</summary>
internal sealed class Window
{
    private readonly NodeContext _context;
    private readonly long[] _kernel;
    private readonly long[] _strides;
    private readonly long[] _dilations;
    private readonly long[] _pads;
    private readonly string _autoPad;
    private readonly bool _ceil;

    public Window(NodeContext context, long[] kernel)
    {
        _context = context;
        _kernel = kernel;
        _strides = Positive("strides", 1);
        _dilations = Positive("dilations", 1);
        _pads = Attribute("pads", 2, 0);
        _autoPad = context.Node.String("auto_pad") ?? "NOTSET";
        _ceil = context.Node.Int("ceil_mode", 0) != 0;
        if (_autoPad is not ("NOTSET" or "VALID" or "SAME_UPPER" or "SAME_LOWER"))
            throw context.Error("attribute 'auto_pad' to be NOTSET, VALID, SAME_UPPER or SAME_LOWER", $"'{_autoPad}'");
        if (kernel.Any(k => k < 1)) throw context.Error("kernel sizes of at least 1", $"[{string.Join(",", kernel)}]");
    }

    /// <summary>Spatial axes after a convolution or pooling: ⌊(in + pads − dilation·(kernel−1) − 1) / stride⌋ + 1.</summary>
    public Dimension[] Apply(IReadOnlyList<Dimension> spatial) => [.. spatial.Select((size, axis) => Apply(size, axis))];

    /// <summary>Spatial axes after the transposed convolution, or unpooling: stride·(in−1) + output_padding + dilation·(kernel−1) + 1 − pads.</summary>
    public Dimension[] Transpose(IReadOnlyList<Dimension> spatial)
    {
        var extra = Attribute("output_padding", 1, 0);
        return [.. spatial.Select((size, axis) => Transpose(size, axis, extra[axis]))];
    }

    private Dimension Apply(Dimension size, int axis)
    {
        if (size.Size is not { } input) return Unchanged(axis) ? size : Dimension.Unknown;
        if (_autoPad.StartsWith("SAME", StringComparison.Ordinal)) return (input + _strides[axis] - 1) / _strides[axis];
        var pads = Pads(axis);
        var steps = checked(input + pads - Extent(axis));
        if (steps < 0)
            throw _context.Error($"an input axis of at least {Extent(axis) - pads} for a kernel of {_kernel[axis]} (dilation {_dilations[axis]}, padding {pads})", $"{input}");
        var output = (_ceil ? (steps + _strides[axis] - 1) / _strides[axis] : steps / _strides[axis]) + 1;
        // With ceil_mode a last window that would begin in the padding is dropped.
        return _ceil && (output - 1) * _strides[axis] >= input + _pads[axis] ? output - 1 : output;
    }

    private Dimension Transpose(Dimension size, int axis, long extra)
    {
        if (size.Size is not { } input) return Dimension.Unknown;
        if (_autoPad.StartsWith("SAME", StringComparison.Ordinal)) return checked(input * _strides[axis]);
        var output = checked(_strides[axis] * (input - 1) + extra + Extent(axis) - Pads(axis));
        return output >= 0 ? output : throw _context.Error("padding smaller than the output", $"an output axis of {output}");
    }

    /// <summary>Whether an axis keeps its size whatever that is, as under a 3x3 window with padding 1.</summary>
    private bool Unchanged(int axis) => _strides[axis] == 1 && (_autoPad.StartsWith("SAME", StringComparison.Ordinal) || Pads(axis) == Extent(axis) - 1);

    private long Extent(int axis) => checked(_dilations[axis] * (_kernel[axis] - 1) + 1);

    private long Pads(int axis) => _autoPad == "VALID" ? 0 : checked(_pads[axis] + _pads[axis + _kernel.Length]);

    private long[] Positive(string attribute, int each)
    {
        var values = Attribute(attribute, each, 1);
        return values.All(v => v >= 1) ? values : throw _context.Error($"attribute '{attribute}' of at least 1", $"[{string.Join(",", values)}]");
    }

    private long[] Attribute(string attribute, int each, long otherwise)
    {
        var count = each * _kernel.Length;
        var values = _context.Node.Ints(attribute);
        if (values is null || values.Count == 0) return [.. Enumerable.Repeat(otherwise, count)];
        return values.Count == count ? [.. values] : throw _context.Error($"attribute '{attribute}' of {count} numbers for {_kernel.Length} spatial axes", $"[{string.Join(",", values)}]");
    }
}
