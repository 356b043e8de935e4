namespace OnnxPipeline.Training.Optimizers;

/// <summary>What Adam's running means, begun at zero, are too small by at step t: 1 − β₁ᵗ, and the root of 1 − β₂ᵗ.</summary>
internal readonly record struct BiasCorrection(double First, double RootSecond)
{
    public static BiasCorrection Of(AdamOptions options, long step) =>
        new(1 - Math.Pow(options.Beta1, step), Math.Sqrt(1 - Math.Pow(options.Beta2, step)));
}
