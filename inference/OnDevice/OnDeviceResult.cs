namespace OnnxPipeline.OnDevice;

/// <summary>What a batch came to.</summary>
/// <param name="Loss">The mean cross-entropy of its samples, in nats; of a training step, before it.</param>
/// <param name="Correct">Samples whose label the model gives.</param>
/// <param name="Count">Samples.</param>
public readonly record struct OnDeviceResult(double Loss, int Correct, int Count)
{
    /// <summary>The share of right answers, from 0 to 1.</summary>
    public double Accuracy => (double)Correct / Count;
}
