namespace OnnxPipeline.Models.Zoo;

/// <summary>A model's options make no model, or not one for this input; <see cref="Errors"/> has every reason.</summary>
public sealed class ModelOptionsException(string model, IReadOnlyList<string> errors)
    : Exception($"Model '{model}' cannot be built: {string.Join("; ", errors)}.")
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
