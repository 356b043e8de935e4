using System.Runtime.InteropServices;
using OnnxPipeline.Datasets;
using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Evaluation;

/// <summary>A model's figures on some samples, and what they were counted from: probabilities [samples, classes], or values [samples].</summary>
internal sealed record Evaluated(SplitMetrics Metrics, float[] Outputs);

/// <summary>Measures a deployable model on one part of a dataset.</summary>
internal static class ModelEvaluator
{
    /// <exception cref="UsageException">The model and the data do not fit.</exception>
    public static Evaluated Evaluate(DeployedModel model, Dataset dataset, DatasetSplit split, int batchSize, Action<int>? advance = null, CancellationToken cancellation = default)
    {
        if (split.Count == 0) throw new UsageException($"{dataset.Name} has no {split.Name} samples.");
        model.CheckFit(dataset, split);
        var outputs = new float[checked(split.Count * model.OutputWidth)];
        for (var start = 0; start < split.Count; start += batchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(batchSize, split.Count - start);
            model.Run(dataset, split, start, count, outputs.AsSpan(start * model.OutputWidth, count * model.OutputWidth));
            advance?.Invoke(start + count);
        }
        SplitMetrics metrics = dataset.Target is null
            ? Classes(dataset.Labels, outputs, DatasetImages.LabelsOf(split), model.Threshold)
            : RegressionMetrics.Of(outputs, MemoryMarshal.Cast<byte, float>(split.Label.Items(0, split.Count)));
        return new Evaluated(metrics, outputs);
    }

    private static ClassificationMetrics Classes(IReadOnlyList<string> classes, float[] probabilities, ReadOnlySpan<long> labels, double? threshold)
    {
        var counter = new ClassificationCounter(classes, threshold);
        counter.Add(probabilities, labels);
        var roc = RocAnalysis.Of(classes, probabilities, labels);
        return counter.ToMetrics() with { Roc = roc, Auc = roc.Count > 0 ? roc.Average(c => c.Auc) : null };
    }
}
