namespace OnnxPipeline.Models.Zoo;

/// <summary>The nonlinearity between a model's layers.</summary>
public enum Activation
{
    None,
    Relu,
    LeakyRelu,
    Tanh,
    Sigmoid,
    Gelu,
}
