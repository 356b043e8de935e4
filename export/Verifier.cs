using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Export.Classifiers;
using OnnxPipeline.Export.Verification;
using OnnxPipeline.Models;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Export;

/// <summary>
/// Runs a trained model and the deployable one made from it on held-out samples and compares them. The reference runs without ONNX
/// Runtime's graph optimisations, and its softmax is computed here in double, so that the two ways share as little as can be.
/// </summary>
public static class Verifier
{
    private static readonly SessionSettings ReferenceSettings = new() { Optimization = GraphOptimizationLevel.ORT_DISABLE_ALL };

    /// <summary>Compares two model files, as they are on disk; <see cref="VerifyReport.EnsurePassed"/> then throws when they differ.</summary>
    /// <exception cref="ModelFormatException">The reference is no ONNX model.</exception>
    /// <exception cref="ExportException">The models take different images or give different classes.</exception>
    /// <exception cref="ArgumentException">There are no samples, or a label is no class.</exception>
    public static VerifyReport Verify(string referencePath, string deployPath, HeldOutSamples samples, VerifyOptions? options = null)
    {
        options ??= new VerifyOptions();
        var signature = Signature.Read(Model.Load(referencePath));
        using var reference = new ClassifierSession(SessionFactory.Create(referencePath, ReferenceSettings));
        using var deploy = new ClassifierSession(SessionFactory.Create(deployPath, options.Deploy));
        return Verify(signature, reference, deploy, samples, options);
    }

    /// <summary>Compares two models in memory.</summary>
    /// <exception cref="ExportException">The models take different images or give different classes.</exception>
    /// <exception cref="ArgumentException">There are no samples, or a label is no class.</exception>
    public static VerifyReport Verify(Model reference, Model deploy, HeldOutSamples samples, VerifyOptions? options = null)
    {
        options ??= new VerifyOptions();
        using var expected = new ClassifierSession(SessionFactory.Create(reference.ToBytes(), ReferenceSettings));
        using var actual = new ClassifierSession(SessionFactory.Create(deploy.ToBytes(), options.Deploy));
        return Verify(Signature.Read(reference), expected, actual, samples, options);
    }

    private static VerifyReport Verify(Signature signature, ClassifierSession expected, ClassifierSession actual, HeldOutSamples samples, VerifyOptions options)
    {
        if (samples.Count == 0) throw new ArgumentException("There are no samples to verify on.", nameof(samples));
        if (expected.ImageBytes != actual.ImageBytes)
            throw new ExportException($"The models take different images: {expected.ImageBytes} bytes and {actual.ImageBytes} bytes. Export from this trained model.");
        if (!actual.Outputs.Contains(Signature.ProbabilitiesName))
            throw new ExportException($"The deployed model has no output '{Signature.ProbabilitiesName}'; it has: {string.Join(", ", actual.Outputs)}.");

        var comparison = new Comparison(samples.Labels);
        var kept = new List<double[]>();
        foreach (var (start, count) in Batches(samples.Count, options.BatchSize))
        {
            var pixels = Read(samples, start, count, expected.ImageBytes);
            var truth = Probabilities(expected.Run(pixels, count, signature.Output), count, signature.GivesProbabilities);
            comparison.Add(start, truth, Rows(actual.Run(pixels, count, Signature.ProbabilitiesName), count));
            kept.AddRange(truth.Take(options.OtherBatchSamples - kept.Count));
        }
        var others = options.OtherBatchSizes.Select(size => AtBatchSize(size, actual, samples, kept)).ToArray();
        return comparison.ToReport(options, others);
    }

    private static BatchComparison AtBatchSize(int batchSize, ClassifierSession deploy, HeldOutSamples samples, List<double[]> truth)
    {
        var comparison = new Comparison(samples.Labels);
        foreach (var (start, count) in Batches(truth.Count, batchSize))
        {
            var pixels = Read(samples, start, count, deploy.ImageBytes);
            comparison.Add(start, truth.GetRange(start, count), Rows(deploy.Run(pixels, count, Signature.ProbabilitiesName), count));
        }
        return comparison.ToBatchComparison(batchSize);
    }

    private static IEnumerable<(int Start, int Count)> Batches(int samples, int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        for (var start = 0; start < samples; start += batchSize) yield return (start, Math.Min(batchSize, samples - start));
    }

    private static byte[] Read(HeldOutSamples samples, int start, int count, int imageBytes)
    {
        var pixels = new byte[count * imageBytes];
        samples.Read(start, count, pixels);
        return pixels;
    }

    private static double[][] Probabilities(float[] outputs, int count, bool areProbabilities)
    {
        var rows = Rows(outputs, count);
        if (!areProbabilities) foreach (var row in rows) Softmax(row);
        return rows;
    }

    private static double[][] Rows(float[] values, int count) =>
        [.. values.Chunk(values.Length / count).Select(row => Array.ConvertAll(row, v => (double)v))];

    private static void Softmax(double[] logits)
    {
        var max = logits.Max();
        var sum = 0.0;
        foreach (ref var value in logits.AsSpan()) sum += value = Math.Exp(value - max);
        foreach (ref var value in logits.AsSpan()) value /= sum;
    }
}
