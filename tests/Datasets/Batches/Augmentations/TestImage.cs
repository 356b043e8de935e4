using OnnxPipeline.Datasets.Batches.Augmentations;

namespace OnnxPipeline.Datasets.Tests.Batches.Augmentations;

/// <summary>A small image to change.</summary>
internal sealed class TestImage(int channels, int height, int width, byte[] pixels)
{
    private readonly byte[] _spare = new byte[pixels.Length];

    public byte[] Pixels { get; } = pixels;

    public ImageView View => new(Pixels, _spare, height, width);

    public byte this[int channel, int y, int x] => Pixels[(((channel * height) + y) * width) + x];

    /// <summary>Noise of 2 to 255, so that neither 0 nor 1 occurs.</summary>
    public static TestImage Noise(int channels, int height, int width, int seed = 3) =>
        new(channels, height, width, [.. SmallData.Noise(channels * height * width, seed).Select(b => Math.Max((byte)2, b))]);

    public static TestImage Full(int channels, int height, int width, byte value) =>
        new(channels, height, width, [.. Enumerable.Repeat(value, channels * height * width)]);

    /// <summary>Every pixel as <paramref name="pixel"/> says.</summary>
    public TestImage Map(Func<int, int, int, byte> pixel) =>
        new(channels, height, width, [.. from c in Enumerable.Range(0, channels) from y in Enumerable.Range(0, height) from x in Enumerable.Range(0, width) select pixel(c, y, x)]);

    public byte[] After(IAugmentation augmentation, AugmentedSample sample)
    {
        var copy = new TestImage(channels, height, width, [.. Pixels]);
        augmentation.Apply(copy.View, sample);
        return copy.Pixels;
    }

    /// <summary>The first <paramref name="count"/> samples of epoch 3, seed 1.</summary>
    public static IEnumerable<AugmentedSample> Samples(int count) => Enumerable.Range(0, count).Select(i => new AugmentedSample(1, 3, i, i));
}
