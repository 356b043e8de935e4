namespace OnnxPipeline.Training.Optimizers;

/// <summary>What an optimizer has to know of a weight.</summary>
/// <param name="Name">The initializer's name; state tensors are named after it.</param>
/// <param name="Length">Elements.</param>
/// <param name="Decays">Whether weight decay applies: to weights of two or more axes, not to biases and normalisation.</param>
public readonly record struct ParameterInfo(string Name, int Length, bool Decays);
