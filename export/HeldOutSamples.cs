using System.Runtime.InteropServices;
using OnnxPipeline.Datasets;

namespace OnnxPipeline.Export;

/// <summary>Copies the raw pixels of samples <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> into <paramref name="destination"/>, one after the other.</summary>
public delegate void SampleSource(int start, int count, Span<byte> destination);

/// <summary>Samples that the model was not trained on: raw uint8 pixels in the layout of the model's input, and the true class of each.</summary>
public sealed record HeldOutSamples(ReadOnlyMemory<int> Labels, SampleSource Read)
{
    public int Count => Labels.Length;

    /// <summary>The samples of a split of images. The dataset must stay open while they are read.</summary>
    /// <exception cref="ArgumentException">The split's only feature is no uint8 image.</exception>
    public static HeldOutSamples Of(DatasetSplit split)
    {
        if (split.Features is not [{ Kind: DataKind.UInt8, ItemShape.Count: 3 } images])
            throw new ArgumentException($"The split '{split.Name}' has the features {string.Join(", ", split.Features)}; expected one image, uint8[channels,height,width].", nameof(split));
        var labels = MemoryMarshal.Cast<byte, long>(split.Label.Items(0, split.Count));
        var classes = new int[split.Count];
        for (var i = 0; i < classes.Length; i++) classes[i] = checked((int)labels[i]);
        return new HeldOutSamples(classes, (start, count, destination) => images.Items(start, count).CopyTo(destination));
    }

    /// <summary>Samples that lie in memory one after the other.</summary>
    /// <exception cref="ArgumentException">The pixels are not one image of equal size a label.</exception>
    public static HeldOutSamples Of(ReadOnlyMemory<byte> pixels, ReadOnlyMemory<int> labels)
    {
        if (labels.Length == 0 || pixels.Length % labels.Length != 0)
            throw new ArgumentException($"{pixels.Length} bytes of pixels are not {labels.Length} images of one size.", nameof(pixels));
        var size = pixels.Length / labels.Length;
        return new HeldOutSamples(labels, (start, count, destination) => pixels.Span.Slice(start * size, count * size).CopyTo(destination));
    }
}
