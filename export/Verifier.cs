using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Export.Samples;
using OnnxPipeline.Export.Signatures;
using OnnxPipeline.Export.Verification;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Export;

/// <summary>
/// Runs a trained model and a deployable one made from it, compressed or not, on held-out samples and compares them. The reference runs
/// without ONNX Runtime's graph optimisations, and its softmax or sigmoid is computed here in double, so that the two ways share as
/// little as can be; the engine that trained the model is a second reference where <see cref="VerifyOptions.Engine"/> gives it.
/// </summary>
public static class Verifier
{
    private static readonly SessionSettings ReferenceSettings = new() { Optimization = GraphOptimizationLevel.ORT_DISABLE_ALL, Spin = Spinning.WhileRunning };

    /// <summary>Compares two model files, as they are on disk; <see cref="VerifyReport.EnsurePassed"/> then throws when they differ.</summary>
    /// <exception cref="ModelFormatException">The reference is no ONNX model.</exception>
    /// <exception cref="ExportException">The models take different samples or give different classes.</exception>
    /// <exception cref="ArgumentException">There are no samples, or a label is no class.</exception>
    public static VerifyReport Verify(string referencePath, string deployPath, HeldOutSamples samples, VerifyOptions? options = null)
    {
        options ??= new VerifyOptions();
        using var reference = ModelRunner.Open(referencePath, ReferenceSettings);
        using var deploy = ModelRunner.Open(deployPath, options.Deploy);
        return Verify(Signature.Read(Model.Load(referencePath), samples.Values.Length > 0), reference, deploy, samples, options);
    }

    /// <summary>Compares two models in memory.</summary>
    /// <exception cref="ExportException">The models take different samples or give different classes.</exception>
    /// <exception cref="ArgumentException">There are no samples, or a label is no class.</exception>
    public static VerifyReport Verify(Model reference, Model deploy, HeldOutSamples samples, VerifyOptions? options = null)
    {
        options ??= new VerifyOptions();
        using var expected = ModelRunner.Open(reference, ReferenceSettings);
        using var actual = ModelRunner.Open(deploy, options.Deploy);
        return Verify(Signature.Read(reference, samples.Values.Length > 0), expected, actual, samples, options);
    }

    private static VerifyReport Verify(Signature signature, ModelRunner expected, ModelRunner actual, HeldOutSamples samples, VerifyOptions options)
    {
        if (samples.Count == 0) throw new ArgumentException("There are no samples to verify on.", nameof(samples));
        if (expected.OnlyInput is { } trained && actual.OnlyInput is { } deployed && trained != deployed)
            throw new ExportException($"The models take different images: {trained} and {deployed}. Export from this trained model.");
        if (!actual.Outputs.Contains(signature.DeployedOutput))
            throw new ExportException($"The deployed model has no output '{signature.DeployedOutput}'; it has: {string.Join(", ", actual.Outputs)}.");

        var augmentation = actual.Metadata?.TestTimeAugmentation;
        var reference = new ReferenceRun(expected, signature, augmentation);
        var comparison = new Comparison(samples, options);
        using var engine = options.Engine is { } trainer && signature.Form != OutputForm.Probabilities ? new EngineCounter(trainer, augmentation is null, samples, options) : null;
        var kept = new List<double[]>();
        foreach (var (start, count) in Batches(samples.Count, options.BatchSize))
        {
            var (plain, truth) = reference.Answers(samples.Trained(start, count));
            var answers = ReferenceAnswers.Rows(actual.Run(samples.Deployed(start, count), signature.DeployedOutput), count);
            comparison.Add(start, truth, answers);
            engine?.Add(augmentation is null ? answers : plain);
            kept.AddRange(truth.Take(options.OtherBatchSamples - kept.Count));
        }
        var others = options.OtherBatchSizes.Select(size => AtBatchSize(size, actual, signature, samples, kept, options)).ToArray();
        var hostile = samples.Hostile().Select(input => HostileCheck.Compare(input, reference, actual, signature)).ToArray();
        return comparison.ToReport(Describe(signature, augmentation), others, engine?.ToComparison(), hostile);
    }

    private static string Describe(Signature signature, TestTimeAugmentation? augmentation)
    {
        var variants = augmentation is null ? "" : $", the {(signature.Form == OutputForm.Probabilities ? "probabilities" : "logits")} of the {ImageVariant.Of(augmentation).Count} variants of an image averaged in double";
        var last = signature.Form switch { OutputForm.Logits => ", softmax in double", OutputForm.BinaryLogit => ", sigmoid in double", _ => "" };
        return $"the trained graph in ONNX Runtime {Providers.Version} on the CPU without graph optimisations{variants}{last}";
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
