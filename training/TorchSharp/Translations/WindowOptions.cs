using OnnxPipeline.Training.TorchSharp.Graphs;

namespace OnnxPipeline.Training.TorchSharp.Translations;

/// <summary>How a convolution or pooling walks over the spatial axes of its input.</summary>
/// <param name="Kernel">Elements under the window, by axis.</param>
/// <param name="Strides">From one position to the next.</param>
/// <param name="Dilations">From one element under the window to the next.</param>
/// <param name="Begin">Padding before the input.</param>
/// <param name="End">Padding behind it.</param>
/// <param name="AutoPad">NOTSET, VALID, SAME_UPPER or SAME_LOWER; the last two decide the padding from the input's size.</param>
internal sealed record WindowOptions(long[] Kernel, long[] Strides, long[] Dilations, long[] Begin, long[] End, string AutoPad)
{
    public int Axes => Kernel.Length;

    /// <summary>Whether as much is padded before as behind, and no more than <paramref name="limit"/> of the kernel, so that PyTorch pads by itself.</summary>
    public bool PadsEvenly(double limit = double.PositiveInfinity) => !IsSame && Begin.SequenceEqual(End) && Begin.Zip(Kernel).All(p => p.First <= limit * p.Second);

    private bool IsSame => AutoPad is "SAME_UPPER" or "SAME_LOWER";

    public static WindowOptions Of(TorchNode node, long[] kernel)
    {
        var axes = kernel.Length;
        long[] All(string attribute, long otherwise) => [.. node.Node.Ints(attribute) ?? [.. Enumerable.Repeat(otherwise, axes)]];
        long[] pads = [.. node.Node.Ints("pads") ?? new long[2 * axes]];
        return new WindowOptions(kernel, All("strides", 1), All("dilations", 1), pads[..axes], pads[axes..], node.Node.String("auto_pad") ?? "NOTSET");
    }

    /// <summary>The padding in PyTorch's order, last axis first, before and behind each.</summary>
    public long[] PaddingFor(Tensor input)
    {
        var padding = new long[2 * Axes];
        for (var axis = 0; axis < Axes; axis++)
        {
            var (begin, end) = IsSame ? Same(input.size(axis + 2), axis) : (Begin[axis], End[axis]);
            padding[2 * (Axes - 1 - axis)] = begin;
            padding[2 * (Axes - 1 - axis) + 1] = end;
        }
        return padding;
    }

    /// <summary>The padding that makes ⌈size/stride⌉ positions.</summary>
    private (long Begin, long End) Same(long size, int axis)
    {
        var positions = (size + Strides[axis] - 1) / Strides[axis];
        var total = Math.Max((positions - 1) * Strides[axis] + Dilations[axis] * (Kernel[axis] - 1) + 1 - size, 0);
        var begin = AutoPad == "SAME_UPPER" ? total / 2 : total - total / 2;
        return (begin, total - begin);
    }
}
