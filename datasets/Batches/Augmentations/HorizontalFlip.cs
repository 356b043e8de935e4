namespace OnnxPipeline.Datasets.Batches.Augmentations;

/// <summary>Mirrors left to right with a probability.</summary>
internal sealed class HorizontalFlip(double probability) : IAugmentation
{
    public void Apply(ImageView image, in AugmentedSample sample)
    {
        if (sample.Random(AugmentationStream.FlipAndCrop).NextSingle() < probability) Mirror(image);
    }

    public static void Mirror(ImageView image)
    {
        for (var start = 0; start < image.Pixels.Length; start += image.Width) image.Pixels.Slice(start, image.Width).Reverse();
    }
}
