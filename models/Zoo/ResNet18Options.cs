namespace OnnxPipeline.Models.Zoo;

/// <summary>ResNet-18 for small images (He et al. 2016): a 3x3 stem in place of the 7x7 one and its pooling, four stages of two blocks, global average pooling.</summary>
public sealed record ResNet18Options : ModelOptions
{
    /// <summary>Factor on the stages' 64, 128, 256 and 512 channels; more than 0, and at least one channel is left.</summary>
    public double Width { get; init; } = 1;

    public Activation Activation { get; init; } = Activation.Relu;

    public Initialization Init { get; init; } = Initialization.KaimingNormal;
}
