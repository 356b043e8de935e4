namespace OnnxPipeline.Training.Engines;

/// <summary>Finds tensors in a state that an engine captured.</summary>
internal static class CapturedState
{
    /// <exception cref="TrainingException">The tensor is missing or has another size: the state is of another model or optimizer.</exception>
    public static Initializer Find(IReadOnlyDictionary<string, Initializer> state, string name, long length)
    {
        if (!state.TryGetValue(name, out var tensor))
            throw new TrainingException($"The saved state has no tensor '{name}'; it belongs to another model or optimizer. It holds: {string.Join(", ", state.Keys.Take(12))}.");
        if (tensor.ElementCount != length)
            throw new TrainingException($"The saved state's '{name}' has {tensor.ElementCount} elements, but the model's has {length}; it belongs to another model.");
        return tensor;
    }
}
