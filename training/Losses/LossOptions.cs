namespace OnnxPipeline.Training.Losses;

/// <summary>What training makes small. It is summed over the samples of a batch, then divided by their number.</summary>
public abstract record LossOptions;

/// <summary>Softmax cross-entropy, for logits [batch, classes] and labels of one class each.</summary>
public sealed record CrossEntropyOptions : LossOptions
{
    /// <summary>Share of the target spread evenly over all classes, in [0, 1) (Szegedy et al. 2016).</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Weights every class by samples / (classes · its own samples) in the training part, so that rare ones count as much as common ones together. Excludes <see cref="ClassWeights"/>.</summary>
    public bool BalanceClasses { get; init; }

    /// <summary>A weight above 0 for each class, in the order of the labels; empty for 1 each. The weighted losses are averaged over the samples, not over their weights.</summary>
    public IReadOnlyList<double> ClassWeights { get; init; } = [];
}

/// <summary>Binary cross-entropy of the sigmoid, for one logit a sample and labels of two classes, the second being the positive one.</summary>
public sealed record BinaryCrossEntropyOptions : LossOptions
{
    /// <summary>Weights both classes by samples / (2 · their own samples) in the training part. Excludes <see cref="ClassWeights"/>.</summary>
    public bool BalanceClasses { get; init; }

    /// <summary>Two weights above 0, of the first and the second class; empty for 1 each.</summary>
    public IReadOnlyList<double> ClassWeights { get; init; } = [];
}

/// <summary>Losses of a regression, for one value a sample. Errors are measured in <see cref="Scale"/>s.</summary>
public abstract record RegressionLossOptions : LossOptions
{
    /// <summary>What an error is divided by, in the target's unit, above 0. Where it is not given a recipe's training takes the standard deviation of the training part's target, so that losses begin at about 1 whatever the unit; an engine by itself takes 1.</summary>
    public double? Scale { get; init; }
}

/// <summary>The square of the error.</summary>
public sealed record MeanSquaredOptions : RegressionLossOptions;

/// <summary>Half the square of a small error, and linear in a large one (Huber 1964).</summary>
public sealed record HuberOptions : RegressionLossOptions
{
    /// <summary>Where an error begins to be large, in <see cref="RegressionLossOptions.Scale"/>s, above 0.</summary>
    public double Delta { get; init; } = 1;
}
