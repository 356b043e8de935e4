namespace OnnxPipeline.Datasets;

/// <summary>How an image is brought to another shape.</summary>
public enum ImageFit
{
    /// <summary>The whole image is scaled to the size, and stretched where its proportions differ.</summary>
    Resize,

    /// <summary>The largest part of the size's proportions is cut from the middle, then scaled.</summary>
    Crop,
}
