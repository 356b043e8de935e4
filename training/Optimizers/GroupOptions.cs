namespace OnnxPipeline.Training.Optimizers;

/// <summary>Parameters that are trained in a way of their own.</summary>
public sealed record GroupOptions
{
    /// <summary>Names of parameters: * stands for any characters, ? for one, for example "*.bias".</summary>
    public required string Match { get; init; }

    /// <summary>A factor on the scheduled learning rate, from 0.</summary>
    public double LearningRate { get; init; } = 1;

    /// <summary>Weight decay in place of the optimizer's, for all parameters that match, biases too. Null for the optimizer's.</summary>
    public double? WeightDecay { get; init; }

    /// <summary>The first epoch, counted from 1, in which they are trained; until then they keep their values. Null for all.</summary>
    public int? FromEpoch { get; init; }

    /// <summary>The last epoch, counted from 1, in which they are trained: then they keep their values. Null for all.</summary>
    public int? UntilEpoch { get; init; }
}
