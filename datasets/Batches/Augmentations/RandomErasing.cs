using System.Buffers.Binary;
using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Datasets.Batches.Augmentations;

/// <summary>Fills a rectangle with noise, with a probability; Zhong et al., AAAI 2020, algorithm 1, with its values for the rectangle.</summary>
internal sealed class RandomErasing(double probability) : IAugmentation
{
    private const float LeastArea = 0.02f;
    private const float MostArea = 0.33f;
    private const float LeastAspect = 0.3f;
    private const float MostAspect = 1 / LeastAspect;

    /// <summary>About two tries in five fit, so this ends only the search in images a pixel or two wide.</summary>
    private const int Tries = 100;

    public void Apply(ImageView image, in AugmentedSample sample)
    {
        var random = sample.Random(AugmentationStream.RandomErasing);
        if (random.NextSingle() >= probability || Find(ref random, image.Height, image.Width) is not { } hole) return;
        for (var channel = 0; channel < image.Channels; channel++)
        {
            for (var row = hole.Top; row < hole.Bottom; row++) Fill(ref random, image.Row(channel, row).Slice(hole.Left, hole.Width));
        }
    }

    /// <summary>Draws area, height over width and top left corner until the rectangle lies inside; null if none does.</summary>
    public static Rectangle? Find(ref CounterRandom random, int height, int width)
    {
        for (var i = 0; i < Tries; i++)
        {
            var area = (LeastArea + (random.NextSingle() * (MostArea - LeastArea))) * height * width;
            var aspect = LeastAspect + (random.NextSingle() * (MostAspect - LeastAspect));
            var high = Math.Max(1, (int)Math.Round(Math.Sqrt(area * aspect)));
            var wide = Math.Max(1, (int)Math.Round(Math.Sqrt(area / aspect)));
            var (top, left) = (random.Next(height), random.Next(width));
            if (top + high <= height && left + wide <= width) return new Rectangle(top, left, top + high, left + wide);
        }
        return null;
    }

    private static void Fill(ref CounterRandom random, Span<byte> line)
    {
        for (; line.Length >= 4; line = line[4..]) BinaryPrimitives.WriteUInt32LittleEndian(line, random.NextUInt32());
        for (; line.Length > 0; line = line[1..]) line[0] = (byte)random.NextUInt32();
    }
}
