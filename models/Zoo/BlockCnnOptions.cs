namespace OnnxPipeline.Models.Zoo;

/// <summary>[(Conv, activation)·P, pooling]·(N/P), (Linear, activation)·M, Linear, with N convolutions in groups of P and M hidden layers.</summary>
public sealed record BlockCnnOptions : ConvBlockOptions
{
    /// <summary>Pixels from one position of a kernel to the next.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Pixels of zeros around the image before each convolution; when left out, what keeps its size at a stride of 1 with an odd kernel.</summary>
    public int? Padding { get; init; }

    /// <summary>Pixels from one element of a kernel to the next.</summary>
    public int Dilation { get; init; } = 1;
}
