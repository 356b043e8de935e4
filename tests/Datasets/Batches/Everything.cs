namespace OnnxPipeline.Datasets.Tests.Batches;

/// <summary>All augmentation at once, for images of 3 channels and 6 pixels or more a side.</summary>
internal static class Everything
{
    public static readonly AugmentOptions Options = new()
    {
        AlternatingFlip = true,
        VerticalFlip = 0.5,
        CropPadding = 3,
        CropFill = CropFill.Reflect,
        Translate = 2,
        Rotate = 20,
        ColorJitter = new() { Brightness = 0.4, Contrast = 0.4, Saturation = 0.4 },
        RandomErasing = 0.5,
        Cutout = 3,
    };
}
