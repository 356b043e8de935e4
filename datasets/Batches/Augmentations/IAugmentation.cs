namespace OnnxPipeline.Datasets.Batches.Augmentations;

/// <summary>One kind of change. It keeps no state between images and allocates nothing.</summary>
internal interface IAugmentation
{
    /// <summary>Changes the image in place; how, is a pure function of <paramref name="sample"/>.</summary>
    void Apply(ImageView image, in AugmentedSample sample);
}
