namespace OnnxPipeline.Training.Optimizers;

/// <summary>
/// A penalty on the size of the weights, λ₁‖w‖₁ + λ₂‖w‖₂²; both together are the elastic net (Zou and Hastie 2005). Its gradient,
/// λ₁·sign(w) + 2λ₂·w, joins the loss's before clipping. It covers weights of two or more axes, not biases and normalisation.
/// The losses that are reported stay those of the data alone.
/// </summary>
public sealed record PenaltyOptions
{
    /// <summary>λ₁, the factor of Σ|w|, from 0.</summary>
    public double L1 { get; init; }

    /// <summary>λ₂, the factor of Σw², from 0: twice it acts as a coupled weight decay.</summary>
    public double L2 { get; init; }
}
