namespace OnnxPipeline.Export;

/// <summary>What a training engine says of one sample.</summary>
/// <param name="Loss">Cross-entropy in nats, −ln of the probability it gives the true class; for a regression the squared error, in the target's unit squared.</param>
/// <param name="Correct">Whether its answer is the true class; false for a regression.</param>
public readonly record struct SampleScore(double Loss, bool Correct);

/// <summary>The engine that trained the model as a second reference, which shares nothing with an export but the weights.</summary>
/// <param name="Name">Name, version and device, for example "ort 1.29.0 on cpu".</param>
/// <param name="Scores">What its own evaluation says of the samples, one after the other, in their order.</param>
public sealed record ReferenceEngine(string Name, IEnumerable<SampleScore> Scores)
{
    /// <summary>How many of the samples it is asked about, the first ones.</summary>
    public int Most { get; init; } = int.MaxValue;
}
