namespace OnnxPipeline.Training.Optimizers;

/// <summary>Options every optimizer has.</summary>
public abstract record OptimizerOptions
{
    /// <summary>The base learning rate, before the schedule's factor.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Weight decay: added to the gradient by SGD, Adam, Adagrad and RMSprop (L2), taken off the weight by AdamW and Lion (decoupled). It applies to weights of two or more axes, not to biases and normalisation.</summary>
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

/// <summary>
/// Adagrad (Duchi, Hazan and Singer 2011): each element's rate falls with the root of the sum of its squared gradients.
/// PyTorch's, without its decay of the learning rate: a schedule does that.
/// </summary>
public sealed record AdagradOptions : OptimizerOptions
{
    public AdagradOptions() => LearningRate = 0.01;

    /// <summary>What the sum of squared gradients begins at, from 0: above 0 it keeps the first steps small.</summary>
    public double InitialAccumulator { get; init; }

    public double Epsilon { get; init; } = 1e-10;
}

/// <summary>RMSprop (Tieleman and Hinton 2012; centred, Graves 2013), as PyTorch defines it: ε is added after the root.</summary>
public sealed record RmsPropOptions : OptimizerOptions
{
    public RmsPropOptions() => LearningRate = 0.01;

    /// <summary>What the running means keep of themselves each step, in [0, 1).</summary>
    public double Alpha { get; init; } = 0.99;

    public double Epsilon { get; init; } = 1e-8;

    public double Momentum { get; init; }

    /// <summary>Whether to divide by the root of the gradient's estimated variance, not of its mean square.</summary>
    public bool Centered { get; init; }
}

/// <summary>
/// Lion (Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms"): the sign of an interpolated momentum, with decoupled
/// weight decay. Every step moves a weight by the whole learning rate, so that wants to be 3 to 10 times smaller than AdamW's,
/// and the weight decay as many times larger.
/// </summary>
public sealed record LionOptions : OptimizerOptions
{
    public LionOptions() => LearningRate = 1e-4;

    /// <summary>The momentum's share in the direction of a step, in [0, 1).</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>What the momentum keeps of itself, in [0, 1).</summary>
    public double Beta2 { get; init; } = 0.99;
}
