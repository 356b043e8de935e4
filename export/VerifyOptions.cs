using OnnxPipeline.Runtime;

namespace OnnxPipeline.Export;

/// <summary>How a deployed model is compared with the model it was made from.</summary>
public sealed record VerifyOptions
{
    /// <summary>Largest difference of any probability, or of a value in units of <see cref="Scale"/>, that passes.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>What a regression's differences are divided by, above 0: the standard deviation of its target, so that the tolerance means the same whatever the unit. 1 for classes.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Images a batch in the comparison of all samples.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Further batch sizes, at which the deployed model must give the same on the first samples.</summary>
    public IReadOnlyList<int> OtherBatchSizes { get; init; } = [1, 7];

    /// <summary>How many samples are run at the other batch sizes.</summary>
    public int OtherBatchSamples { get; init; } = 256;

    /// <summary>How the deployed model is run. The reference always runs on the CPU without graph optimisations, as an independent check.</summary>
    public SessionSettings Deploy { get; init; } = new();
}
