namespace OnnxPipeline.Export;

/// <summary>Copies the raw pixels of samples <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> into <paramref name="destination"/>, one after the other.</summary>
public delegate void SampleSource(int start, int count, Span<byte> destination);

/// <summary>Held-out samples: raw uint8 pixels in the layout of the model's input, and the true class of each.</summary>
public sealed record SampleSet(ReadOnlyMemory<int> Labels, SampleSource Read)
{
    public int Count => Labels.Length;

    /// <summary>Samples that lie in memory one after the other.</summary>
    public static SampleSet Of(ReadOnlyMemory<byte> pixels, ReadOnlyMemory<int> labels)
    {
        if (labels.Length == 0 || pixels.Length % labels.Length != 0)
            throw new ArgumentException($"{pixels.Length} bytes of pixels are not {labels.Length} images of one size.", nameof(pixels));
        var size = pixels.Length / labels.Length;
        return new SampleSet(labels, (start, count, destination) => pixels.Span.Slice(start * size, count * size).CopyTo(destination));
    }
}
