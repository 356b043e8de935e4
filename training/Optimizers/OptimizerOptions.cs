namespace OnnxPipeline.Training.Optimizers;

/// <summary>Options every optimizer has.</summary>
public abstract record OptimizerOptions
{
    /// <summary>The base learning rate, before the schedule's factor.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Weight decay: added to the gradient by SGD, Adam, Adagrad and RMSprop (coupled, L2), taken off the weight by AdamW, Lion and Muon, and by the first where decoupledDecay says so. It applies to weights of two or more axes, not to biases and normalisation.</summary>
    public double WeightDecay { get; init; }
}

/// <summary>Stochastic gradient descent, as PyTorch defines momentum: v = μv + g, w = w − ηv.</summary>
public sealed record SgdOptions : OptimizerOptions
{
    public double Momentum { get; init; }

    /// <summary>Nesterov's momentum: w = w − η(g + μv).</summary>
    public bool Nesterov { get; init; }

    /// <summary>Whether weight decay is taken off the weight, w = (1 − ηλ)w, and not added to the gradient.</summary>
    public bool DecoupledDecay { get; init; }
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

    /// <summary>Whether weight decay is taken off the weight, w = (1 − ηλ)w, and not added to the gradient.</summary>
    public bool DecoupledDecay { get; init; }
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

    /// <summary>Whether weight decay is taken off the weight, w = (1 − ηλ)w, and not added to the gradient.</summary>
    public bool DecoupledDecay { get; init; }
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

/// <summary>
/// Muon (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/): momentum, made orthogonal by Newton–Schulz steps, for matrices
/// [out, in] and kernels, taken as [out, in·k·k]. Parameters of fewer than two axes, and those named, are AdamW's.
/// A step has the spectral norm √max(1, rows/columns) times the learning rate. Weight decay is decoupled.
/// </summary>
public sealed record MuonOptions : OptimizerOptions
{
    public MuonOptions() => LearningRate = 0.02;

    public double Momentum { get; init; } = 0.95;

    /// <summary>Nesterov's momentum: g + μv in place of v is made orthogonal.</summary>
    public bool Nesterov { get; init; } = true;

    /// <summary>Newton–Schulz steps, from 1; 5 bring the singular values to about 0.7 to 1.2.</summary>
    public int NewtonSchulzSteps { get; init; } = 5;

    /// <summary>AdamW, for the parameters that Muon leaves.</summary>
    public MuonAdamWOptions AdamW { get; init; } = new();
}

/// <summary>AdamW for what is no matrix, and for the matrices named; usually the first layer and the head.</summary>
public sealed record MuonAdamWOptions
{
    /// <summary>Names of matrices and kernels that are AdamW's too; * stands for any characters, for example "head.*".</summary>
    public IReadOnlyList<string> Match { get; init; } = [];

    /// <summary>The base learning rate, before the schedule's factor.</summary>
    public double LearningRate { get; init; } = 3e-4;

    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.95;

    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Decoupled weight decay, for the matrices named.</summary>
    public double WeightDecay { get; init; }
}
