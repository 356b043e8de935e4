using System.Globalization;

namespace OnnxPipeline.Export;

/// <summary>A deployed model does not do what the model it was made from does.</summary>
public sealed class VerifyException(VerifyReport report) : Exception(Explain(report))
{
    public VerifyReport Report { get; } = report;

    private static string Explain(VerifyReport report)
    {
        var worst = report.WorstSample;
        if (report.NonFiniteSamples > 0)
            return $"Verification failed: on {report.NonFiniteSamples} of {report.Samples} samples a model gives numbers that are not finite; the first is sample {worst.Index}, " +
                $"reference {Show(worst.Reference)}, deployed {Show(worst.Deploy)}. Look for NaN or infinite weights in the trained model: training diverged, or the file is damaged.";
        if (report.MaxAbsDiff > report.Tolerance)
            return $"Verification failed: sample {worst.Index} differs by {Show(worst.AbsDiff)}, more than the tolerance of {Show(report.Tolerance)}; " +
                $"reference {Class(worst.ReferenceClass)}{Show(worst.Reference)}, deployed {Class(worst.DeployClass)}{Show(worst.Deploy)}. " +
                "Check that the deployed model was exported from this trained model; if it was, export with one pass less at a time to find the one that changes it.";
        if (report.FirstDisagreement is { } sample)
            return $"Verification failed: the classes differ on {Show((1 - report.Agreement) * report.Samples)} of {report.Samples} samples; the first is sample {sample.Index}, " +
                $"reference class {sample.ReferenceClass}, deployed class {sample.DeployClass}, probabilities within {Show(sample.AbsDiff)}: a near tie. " +
                "Train longer, or with another seed, so that the model decides.";
        var batch = report.OtherBatchSizes.MaxBy(b => b.MaxAbsDiff)!;
        return $"Verification failed: at batch size {batch.BatchSize} sample {batch.WorstIndex} differs by {Show(batch.MaxAbsDiff)} (tolerance {Show(report.Tolerance)}), agreement {Show(batch.Agreement)}; " +
            $"at batch size {report.BatchSize} all is well. The graph mixes samples of a batch: look for a Reshape or a normalisation over the batch axis.";
    }

    private static string Class(int? index) => index is null ? "" : $"class {index} ";

    private static string Show(double value) => value.ToString("g4", CultureInfo.InvariantCulture);

    private static string Show(IReadOnlyList<double> values) => $"[{string.Join(", ", values.Take(10).Select(Show))}{(values.Count > 10 ? ", …" : "")}]";
}
