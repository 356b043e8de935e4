namespace OnnxPipeline.Datasets;

/// <summary>What a crop sees beyond the image's edge.</summary>
public enum CropFill
{
    /// <summary>Zeros: black.</summary>
    Zero,

    /// <summary>The image mirrored at its outermost pixels, which are not repeated: of a row abc, padding of 2 makes cbabcba.</summary>
    Reflect,
}
