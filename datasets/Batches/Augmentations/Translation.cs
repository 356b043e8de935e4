namespace OnnxPipeline.Datasets.Batches.Augmentations;

/// <summary>Moves the image by an offset that is uniform in [-largest, largest] on each axis; zeros move in.</summary>
internal sealed class Translation(int largest) : IAugmentation
{
    public void Apply(ImageView image, in AugmentedSample sample)
    {
        var (down, right) = Offset(sample);
        Shift.Apply(image, down, right, CropFill.Zero);
    }

    public (int Down, int Right) Offset(in AugmentedSample sample)
    {
        var random = sample.Random(AugmentationStream.Translation);
        var range = (2 * largest) + 1;
        return (random.Next(range) - largest, random.Next(range) - largest);
    }
}
