namespace OnnxPipeline.Datasets;

/// <summary>What a pixel of an image folder's images has.</summary>
public enum ImageChannels
{
    /// <summary>Red, green and blue.</summary>
    Rgb,

    /// <summary>One grey value.</summary>
    Grey,
}
