namespace OnnxPipeline.Models.Zoo;

/// <summary>How weights begin. Sources: Glorot and Bengio 2010 (Xavier), He et al. 2015 (Kaiming); PyTorch is U(±1/√fan-in) for weights and biases.</summary>
public enum Initialization
{
    PyTorch,
    KaimingNormal,
    KaimingUniform,
    XavierNormal,
    XavierUniform,

    /// <summary>N(0, 1/√fan-in).</summary>
    Normal,
    Zeros,
}
