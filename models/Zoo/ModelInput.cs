namespace OnnxPipeline.Models.Zoo;

/// <summary>The images a model is built for: raw uint8 pixels [batch, channels, height, width], normalised inside the graph.</summary>
/// <param name="Channels">1 for greyscale, 3 for RGB.</param>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Columns of pixels.</param>
public sealed record ModelInput(int Channels, int Height, int Width)
{
    /// <summary>Name of the model's input.</summary>
    public const string Name = "image";

    /// <summary>One mean a channel, on the scale 0 to 1; by default 0.</summary>
    public IReadOnlyList<float> Mean { get; init; } = [.. Enumerable.Repeat(0f, Math.Max(0, Channels))];

    /// <summary>One standard deviation a channel, on the scale 0 to 1; by default 1.</summary>
    public IReadOnlyList<float> Std { get; init; } = [.. Enumerable.Repeat(1f, Math.Max(0, Channels))];

    /// <summary>For example "1x28x28".</summary>
    public override string ToString() => $"{Channels}x{Height}x{Width}";

    /// <exception cref="FormatException">The text is not CHANNELSxHEIGHTxWIDTH in positive whole numbers.</exception>
    public static ModelInput Parse(string text)
    {
        int[] sizes = [.. text.Split('x').Select(part => int.TryParse(part, System.Globalization.NumberStyles.None, null, out var size) ? size : 0)];
        return sizes is [> 0, > 0, > 0]
            ? new ModelInput(sizes[0], sizes[1], sizes[2])
            : throw new FormatException($"'{text}' is no image size; expected CHANNELSxHEIGHTxWIDTH, for example 1x28x28.");
    }
}
