using OnnxPipeline.Runtime;

namespace OnnxPipeline.Export;

/// <summary>How a deployed model is compared with the model it was made from.</summary>
public sealed record VerifyOptions
{
    /// <summary>Largest difference of any probability, or of a value in units of <see cref="Scale"/>, that passes.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Largest mean difference over all samples that passes; null for no limit besides <see cref="Tolerance"/>.</summary>
    public double? MeanTolerance { get; init; }

    /// <summary>What a regression's differences are divided by, above 0: the standard deviation of its target, so that the tolerance means the same whatever the unit. 1 for classes.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>The share of samples, from 0 to 1, on which both must name the same class. Compressed variants are given less than 1, and tolerances of their own.</summary>
    public double MinAgreement { get; init; } = 1;

    /// <summary>By how much the deployed model's accuracy may be below the reference's, from 0 to 1; null for any drop that the other limits let pass.</summary>
    public double? MaxAccuracyDrop { get; init; }

    /// <summary>The engine that trained the model, as a second reference; null for none. It is left aside for a model that ends in a softmax, of whose output its loss would take another.</summary>
    public ReferenceEngine? Engine { get; init; }

    /// <summary>Images a batch in the comparison of all samples.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Further batch sizes, at which the deployed model must give the same.</summary>
    public IReadOnlyList<int> OtherBatchSizes { get; init; } = [1, 7];

    /// <summary>How many samples, the first ones, are run at the other batch sizes; all of them by default.</summary>
    public int OtherBatchSamples { get; init; } = int.MaxValue;

    /// <summary>How the deployed model is run. The reference always runs on the CPU without graph optimisations, as an independent check.</summary>
    public SessionSettings Deploy { get; init; } = new();
}
