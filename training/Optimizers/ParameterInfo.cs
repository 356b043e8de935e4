namespace OnnxPipeline.Training.Optimizers;

/// <summary>What an optimizer has to know of a weight.</summary>
/// <param name="Name">The initializer's name; state tensors are named after it.</param>
/// <param name="Length">Elements.</param>
/// <param name="Decays">Whether the optimizer's weight decay applies: to weights of two or more axes, not to biases and normalisation.</param>
public readonly record struct ParameterInfo(string Name, int Length, bool Decays)
{
    /// <summary>The first axis of a matrix or kernel, which is <see cref="Rows"/> by <see cref="Length"/>/<see cref="Rows"/> to Muon; 0 for fewer than two axes.</summary>
    public int Rows { get; init; }

    /// <summary>A factor on the step's learning rate.</summary>
    public double RateFactor { get; init; } = 1;

    /// <summary>Weight decay in place of the optimizer's; null for the optimizer's.</summary>
    public double? WeightDecay { get; init; }

    /// <summary>The first epoch, counted from 1, in which it is trained; null for all.</summary>
    public int? FromEpoch { get; init; }

    /// <summary>The last epoch, counted from 1, in which it is trained; null for all.</summary>
    public int? UntilEpoch { get; init; }

    internal double DecayBy(OptimizerOptions options) => WeightDecay ?? (Decays ? options.WeightDecay : 0);

    /// <summary>Whether it keeps its values in some epochs.</summary>
    internal bool Pauses => FromEpoch is > 1 || UntilEpoch is not null;

    internal bool IsTrainedIn(int epoch) => epoch + 1 >= (FromEpoch ?? 1) && epoch < (UntilEpoch ?? int.MaxValue);

    internal double RateOf(in StepSettings settings) => IsTrainedIn(settings.Epoch) ? settings.LearningRate * RateFactor : 0;
}
