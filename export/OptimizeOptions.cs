namespace OnnxPipeline.Export;

/// <summary>What is to be done to a model from anywhere.</summary>
public sealed record OptimizeOptions
{
    /// <summary>Names of the general passes to run; null for all of them.</summary>
    public IReadOnlyList<string>? Passes { get; init; }

    /// <summary>Names of general passes to leave out.</summary>
    public IReadOnlyList<string> Skip { get; init; } = [];

    /// <summary>The version of the standard operator set to convert to; null to keep the model's.</summary>
    public long? Opset { get; init; }

    /// <summary>The number of samples to fix the batch to; null to keep the batch, or to free it.</summary>
    public long? Batch { get; init; }

    /// <summary>Frees a fixed batch.</summary>
    public bool FreeBatch { get; init; }

    /// <summary>The version of the file format; null to keep the model's, or the lowest that a new operator set needs.</summary>
    public long? IrVersion { get; init; }

    /// <summary>Largest difference allowed between the outputs before and after, relative to the outputs' largest number where that is above 1.</summary>
    public double Tolerance { get; init; } = 1e-4;

    public PassOptions Limits { get; init; } = PassOptions.Default;
}
