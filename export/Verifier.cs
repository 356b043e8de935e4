using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Export.Signatures;
using OnnxPipeline.Export.Verification;
using OnnxPipeline.Models;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Export;

/// <summary>
/// Runs a trained model and the deployable one made from it on held-out samples and compares them. The reference runs without ONNX
/// Runtime's graph optimisations, and its softmax or sigmoid is computed here in double, so that the two ways share as little as can be.
/// </summary>
public static class Verifier
{
    private static readonly SessionSettings ReferenceSettings = new() { Optimization = GraphOptimizationLevel.ORT_DISABLE_ALL };

    /// <summary>Compares two model files, as they are on disk; <see cref="VerifyReport.EnsurePassed"/> then throws when they differ.</summary>
    /// <exception cref="ModelFormatException">The reference is no ONNX model.</exception>
    /// <exception cref="ExportException">The models take different samples or give different classes.</exception>
    /// <exception cref="ArgumentException">There are no samples, or a label is no class.</exception>
    public static VerifyReport Verify(string referencePath, string deployPath, HeldOutSamples samples, VerifyOptions? options = null)
    {
        options ??= new VerifyOptions();
        var signature = Signature.Read(Model.Load(referencePath), samples.Values.Length > 0);
        using var reference = new ModelRunner(SessionFactory.Create(referencePath, ReferenceSettings));
        using var deploy = new ModelRunner(SessionFactory.Create(deployPath, options.Deploy));
        return Verify(signature, reference, deploy, samples, options);
    }

    /// <summary>Compares two models in memory.</summary>
    /// <exception cref="ExportException">The models take different samples or give different classes.</exception>
    /// <exception cref="ArgumentException">There are no samples, or a label is no class.</exception>
    public static VerifyReport Verify(Model reference, Model deploy, HeldOutSamples samples, VerifyOptions? options = null)
    {
        options ??= new VerifyOptions();
        using var expected = new ModelRunner(SessionFactory.Create(reference.ToBytes(), ReferenceSettings));
        using var actual = new ModelRunner(SessionFactory.Create(deploy.ToBytes(), options.Deploy));
        return Verify(Signature.Read(reference, samples.Values.Length > 0), expected, actual, samples, options);
    }

    private static VerifyReport Verify(Signature signature, ModelRunner expected, ModelRunner actual, HeldOutSamples samples, VerifyOptions options)
    {
        if (samples.Count == 0) throw new ArgumentException("There are no samples to verify on.", nameof(samples));
        if (expected.OnlyInput is { } trained && actual.OnlyInput is { } deployed && !(trained.Element == deployed.Element && trained.Shape.SequenceEqual(deployed.Shape)))
            throw new ExportException($"The models take different images: {trained.Element}[{string.Join(",", trained.Shape)}] and {deployed.Element}[{string.Join(",", deployed.Shape)}]. Export from this trained model.");
        if (!actual.Outputs.Contains(signature.DeployedOutput))
            throw new ExportException($"The deployed model has no output '{signature.DeployedOutput}'; it has: {string.Join(", ", actual.Outputs)}.");

        var comparison = new Comparison(samples, options);
        var kept = new List<double[]>();
        foreach (var (start, count) in Batches(samples.Count, options.BatchSize))
        {
            var truth = ReferenceAnswers.Of(expected.Run(samples.Trained(start, count), signature.Output), count, signature.Form);
            comparison.Add(start, truth, ReferenceAnswers.Rows(actual.Run(samples.Deployed(start, count), signature.DeployedOutput), count));
            kept.AddRange(truth.Take(options.OtherBatchSamples - kept.Count));
        }
        var others = options.OtherBatchSizes.Select(size => AtBatchSize(size, actual, signature, samples, kept, options)).ToArray();
        return comparison.ToReport(others);
    }

    private static BatchComparison AtBatchSize(int batchSize, ModelRunner deploy, Signature signature, HeldOutSamples samples, List<double[]> truth, VerifyOptions options)
    {
        var comparison = new Comparison(samples, options);
        foreach (var (start, count) in Batches(truth.Count, batchSize))
            comparison.Add(start, truth.GetRange(start, count), ReferenceAnswers.Rows(deploy.Run(samples.Deployed(start, count), signature.DeployedOutput), count));
        return comparison.ToBatchComparison(batchSize);
    }

    private static IEnumerable<(int Start, int Count)> Batches(int samples, int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        for (var start = 0; start < samples; start += batchSize) yield return (start, Math.Min(batchSize, samples - start));
    }
}
