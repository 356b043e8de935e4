namespace OnnxPipeline.Export.SecondRuntime;

/// <summary>The deployed model in another runtime, against itself in ONNX Runtime.</summary>
/// <param name="Runtime">Which, with its version; null where it was not run.</param>
/// <param name="Passed">The classes agree as often as they must; values are within the tolerance.</param>
/// <param name="Samples">How many were run.</param>
/// <param name="MaxAbsDiff">Largest difference of a probability, or of a value in standard deviations of the target.</param>
/// <param name="Agreement">Share of samples with the same class, from 0 to 1.</param>
/// <param name="Skipped">Why it was not run; null where it was.</param>
public sealed record RuntimeComparison(string? Runtime, bool Passed, int Samples, double MaxAbsDiff, double Agreement, string? Skipped)
{
    public static RuntimeComparison NotRun(string reason) => new(null, true, 0, 0, 1, reason);
}
