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
        if (report.MeanTolerance is { } mean && report.MeanAbsDiff > mean)
            return $"Verification failed: the answers differ by {Show(report.MeanAbsDiff)} on average, more than the {Show(mean)} that are allowed. Compress less, or allow more.";
        if (report.Agreement < report.MinAgreement && report.FirstDisagreement is { } sample)
            return $"Verification failed: the classes differ on {Show((1 - report.Agreement) * report.Samples)} of {report.Samples} samples; the first is sample {sample.Index}, " +
                $"reference class {sample.ReferenceClass}, deployed class {sample.DeployClass}, probabilities within {Show(sample.AbsDiff)}: a near tie. " +
                "Train longer, or with another seed, so that the model decides.";
        if (report is { MaxAccuracyDrop: { } most, ReferenceAccuracy: { } before, DeployAccuracy: { } after } && before - after > most)
            return $"Verification failed: the accuracy drops from {Show(before)} to {Show(after)}, by more than the {Show(most)} that are allowed. Compress less, or allow more.";
        if (report.TrainingEngine is { Passed: false } engine)
            return $"Verification failed: the training engine ({engine.Engine}) and the {engine.Compared} model differ by {Show(engine.MaxAbsDiff)} in the probability of the true class or the error of the value, of sample {engine.WorstIndex} " +
                $"(tolerance {Show(report.Tolerance)}), and agree on {Show(engine.Agreement)} of the samples. The weights that were exported are not those that were trained, or an operator means another thing to the engine.";
        if (report.Hostile.FirstOrDefault(h => !h.Passed) is { } hostile)
            return $"Verification failed: on hostile input ({hostile.Input}) the reference's answer is {hostile.Reference}, the deployed model's {hostile.Deploy}. Export with one pass less at a time to find the one that changes it.";
        if (report.SecondRuntime is { Passed: false } second)
            return $"Verification failed: in {second.Runtime} the model gives the same class on {Show(second.Agreement)} of {second.Samples} samples only, with differences up to {Show(second.MaxAbsDiff)}. " +
                "An operator means another thing there; leave it out of the model, or that runtime out of the verification with export.secondRuntime: false.";
        var batch = report.OtherBatchSizes.MaxBy(b => b.MaxAbsDiff)!;
        return $"Verification failed: at batch size {batch.BatchSize} sample {batch.WorstIndex} differs by {Show(batch.MaxAbsDiff)} (tolerance {Show(report.Tolerance)}), agreement {Show(batch.Agreement)}; " +
            $"at batch size {report.BatchSize} all is well. The graph mixes samples of a batch: look for a Reshape or a normalisation over the batch axis.";
    }

    private static string Class(int? index) => index is null ? "" : $"class {index} ";

    private static string Show(double value) => value.ToString("g4", CultureInfo.InvariantCulture);

    private static string Show(IReadOnlyList<double> values) => $"[{string.Join(", ", values.Take(10).Select(Show))}{(values.Count > 10 ? ", …" : "")}]";
}
