namespace OnnxPipeline.Datasets.Batches.Augmentations;

/// <summary>Turns top to bottom with a probability.</summary>
internal sealed class VerticalFlip(double probability) : IAugmentation
{
    public void Apply(ImageView image, in AugmentedSample sample)
    {
        if (sample.Random(AugmentationStream.VerticalFlip).NextSingle() < probability) Mirror(image);
    }

    public static void Mirror(ImageView image)
    {
        var before = image.Snapshot();
        for (var channel = 0; channel < image.Channels; channel++)
        {
            for (var row = 0; row < image.Height; row++) before.Row(channel, image.Height - 1 - row).CopyTo(image.Row(channel, row));
        }
    }
}
