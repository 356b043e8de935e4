using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Zoo;

/// <summary>Raw uint8 pixels [batch, channels, height, width], normalised inside the graph.</summary>
/// <param name="Channels">1 for greyscale, 3 for RGB.</param>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Columns of pixels.</param>
public sealed record ImageModelInput(int Channels, int Height, int Width) : ModelInput
{
    /// <summary>Name of the model's input.</summary>
    public const string Name = "image";

    /// <summary>One mean a channel, on the scale 0 to 1; by default 0.</summary>
    public IReadOnlyList<float> Mean { get; init; } = [.. Enumerable.Repeat(0f, Math.Max(0, Channels))];

    /// <summary>One standard deviation a channel, on the scale 0 to 1; by default 1.</summary>
    public IReadOnlyList<float> Std { get; init; } = [.. Enumerable.Repeat(1f, Math.Max(0, Channels))];

    /// <summary>
    /// Training images, one after another, for models whose first weights depend on them (<see cref="ModelEntry.UsesSamples"/>):
    /// uint8 [images, channels, height, width]; by default none.
    /// </summary>
    public ReadOnlyMemory<byte> Samples { get; init; }

    /// <summary>Bytes of one image.</summary>
    internal int Pixels => Channels * Height * Width;

    /// <summary>For example "images of 1x28x28".</summary>
    public override string ToString() => $"images of {Channels}x{Height}x{Width}";

    internal override IEnumerable<string> Check()
    {
        if (Channels < 1 || Height < 1 || Width < 1) yield return $"an image needs positive sizes, but has {Channels}x{Height}x{Width}";
        else if (Samples.Length % Pixels != 0) yield return $"samples must be whole images of {Pixels} bytes, but are {Samples.Length} bytes";
    }

    internal override ModelFeatures AddTo(GraphBuilder graph)
    {
        var image = graph.Input(Name, ElementType.UInt8, "batch", Channels, Height, Width);
        return new ModelFeatures { Images = this, Image = graph.NormalizePixels(image, Mean, Std, "normalize") };
    }
}
