namespace OnnxPipeline.Training.Optimizers;

/// <summary>Weight decay as an update rule applies it: coupled, λw joins the gradient; decoupled, a step leaves (1 − ηλ) of the weight.</summary>
internal readonly record struct DecayTerms(float Coupled, float Kept)
{
    public static DecayTerms Of(OptimizerOptions options, double weightDecay, double learningRate) =>
        IsDecoupled(options) ? new(0, (float)(1 - learningRate * weightDecay)) : new((float)weightDecay, 1);

    public static bool IsDecoupled(OptimizerOptions options) => options
        is AdamWOptions or LionOptions or MuonOptions
        or SgdOptions { DecoupledDecay: true } or AdagradOptions { DecoupledDecay: true } or RmsPropOptions { DecoupledDecay: true };
}
