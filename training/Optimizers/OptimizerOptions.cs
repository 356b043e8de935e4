namespace OnnxPipeline.Training.Optimizers;

/// <summary>Options every optimizer has.</summary>
public abstract record OptimizerOptions
{
    /// <summary>The base learning rate, before the schedule's factor.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Weight decay: added to the gradient by SGD and Adam (L2), taken off the weight by AdamW (decoupled). It applies to weights of two or more axes, not to biases and normalisation.</summary>
    public double WeightDecay { get; init; }
}

/// <summary>Stochastic gradient descent, as PyTorch defines momentum: v = μv + g, w = w − ηv.</summary>
public sealed record SgdOptions : OptimizerOptions
{
    public double Momentum { get; init; }

    /// <summary>Nesterov's momentum: w = w − η(g + μv).</summary>
    public bool Nesterov { get; init; }
}

/// <summary>Adam (Kingma and Ba 2015).</summary>
public record AdamOptions : OptimizerOptions
{
    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.999;

    public double Epsilon { get; init; } = 1e-8;
}

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019).</summary>
public sealed record AdamWOptions : AdamOptions
{
    public AdamWOptions() => WeightDecay = 0.01;
}
