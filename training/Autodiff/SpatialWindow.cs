namespace OnnxPipeline.Training.Autodiff;

/// <summary>How a convolution or pooling walks over its input, per spatial axis, with auto_pad resolved to explicit padding.</summary>
internal sealed record SpatialWindow(long[] Kernel, long[] Strides, long[] Dilations, long[] PadsBegin, long[] PadsEnd, long[] Input, long[] Output)
{
    public int Axes => Kernel.Length;

    /// <summary>Elements under the window.</summary>
    public long Volume => Kernel.Aggregate(1L, (product, size) => product * size);

    public long OutputPositions => Output.Aggregate(1L, (product, size) => product * size);

    public bool IsPointwise => Kernel.All(k => k == 1) && Strides.All(s => s == 1) && !IsPadded;

    /// <summary>Whether the window moves one element at a time and has no gaps.</summary>
    public bool IsDense => Strides.All(s => s == 1) && Dilations.All(d => d == 1);

    public bool IsPadded => PadsBegin.Concat(PadsEnd).Any(p => p != 0);

    /// <summary>Whether some input element lies under more than one position of the window.</summary>
    public bool Overlaps => Enumerable.Range(0, Axes).Any(i => Dilations[i] * (Kernel[i] - 1) + 1 > Strides[i]);

    /// <summary>Whether the windows cover the input exactly, each element once.</summary>
    public bool Tiles => !IsPadded && Dilations.All(d => d == 1) && Enumerable.Range(0, Axes).All(i => Strides[i] == Kernel[i] && Input[i] == Output[i] * Kernel[i]);

    /// <summary>The span of the window along an axis, gaps included.</summary>
    public long Span(int axis) => Dilations[axis] * (Kernel[axis] - 1) + 1;

    public static SpatialWindow Of(GradientContext c, IReadOnlyList<long> kernel)
    {
        var node = c.Node;
        var axes = kernel.Count;
        var input = Enumerable.Range(2, axes).Select(axis => c.Size(c.X(), axis)).ToArray();
        var output = Enumerable.Range(2, axes).Select(axis => c.Size(c.Y(), axis)).ToArray();
        var strides = (node.Ints("strides") ?? [.. Enumerable.Repeat(1L, axes)]).ToArray();
        var dilations = (node.Ints("dilations") ?? [.. Enumerable.Repeat(1L, axes)]).ToArray();
        var pads = node.Ints("pads") ?? [.. Enumerable.Repeat(0L, 2 * axes)];
        var begin = pads.Take(axes).ToArray();
        var end = pads.Skip(axes).ToArray();

        var autoPad = node.String("auto_pad") ?? "NOTSET";
        if (autoPad is "SAME_UPPER" or "SAME_LOWER")
        {
            for (var i = 0; i < axes; i++)
            {
                var total = Math.Max((output[i] - 1) * strides[i] + dilations[i] * (kernel[i] - 1) + 1 - input[i], 0);
                begin[i] = autoPad == "SAME_UPPER" ? total / 2 : total - total / 2;
                end[i] = total - begin[i];
            }
        }
        return new SpatialWindow([.. kernel], strides, dilations, begin, end, input, output);
    }

    /// <summary>
    /// The attributes of the ConvTranspose that carries a gradient of the output back onto the input: output_padding makes up
    /// for positions the stride left unvisited, larger end padding for a window that reached past the end (ceil_mode).
    /// </summary>
    public void SetTransposed(Node node, long group)
    {
        var outputPadding = new long[Axes];
        var end = (long[])PadsEnd.Clone();
        for (var i = 0; i < Axes; i++)
        {
            var missing = Input[i] - ((Output[i] - 1) * Strides[i] + Span(i) - PadsBegin[i] - end[i]);
            if (missing < 0) end[i] -= missing;
            else outputPadding[i] = missing;
        }
        node.Set("kernel_shape", Kernel).Set("strides", Strides).Set("dilations", Dilations)
            .Set("pads", PadsBegin.Concat(end)).Set("output_padding", outputPadding).Set("group", group);
    }
}
