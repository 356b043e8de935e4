namespace OnnxPipeline.Datasets.Batches.Augmentations;

/// <summary>Pads each side and crops back to the original size at an offset that is uniform in [-padding, padding] on each axis.</summary>
internal sealed class RandomCrop(int padding, CropFill fill) : IAugmentation
{
    public void Apply(ImageView image, in AugmentedSample sample)
    {
        var (down, right) = Offset(sample);
        Shift.Apply(image, down, right, fill);
    }

    public (int Down, int Right) Offset(in AugmentedSample sample)
    {
        var random = sample.Random(AugmentationStream.FlipAndCrop);
        random.NextUInt32(); // The flip's, drawn or not.
        var range = (2 * padding) + 1;
        return (random.Next(range) - padding, random.Next(range) - padding);
    }
}
