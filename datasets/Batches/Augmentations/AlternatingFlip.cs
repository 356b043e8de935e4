namespace OnnxPipeline.Datasets.Batches.Augmentations;

/// <summary>
/// Mirrors left to right in every second epoch, beginning with the first or the second as the sample's coin says. Independent
/// flips show some samples the same way twice in a row; these never do.
/// </summary>
internal sealed class AlternatingFlip : IAugmentation
{
    public void Apply(ImageView image, in AugmentedSample sample)
    {
        if (sample.Coin == (sample.Epoch % 2 == 0)) HorizontalFlip.Mirror(image);
    }
}
