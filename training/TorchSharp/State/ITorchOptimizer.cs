using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.TorchSharp.State;

/// <summary>Changes weights by their gradients.</summary>
internal interface ITorchOptimizer : IDisposable
{
    /// <summary>One step; gradients are as they are to count, clipped already.</summary>
    void Step(in StepSettings settings);

    /// <summary>The state by the names that it is saved under, "weight/slot".</summary>
    IReadOnlyList<(string Name, Tensor Tensor)> State { get; }

    /// <summary>Takes up a saved state.</summary>
    void Restore(IReadOnlyDictionary<string, Initializer> state);
}
