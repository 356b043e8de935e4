using OnnxPipeline.Datasets;
using OnnxPipeline.Inference;
using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Evaluation;

/// <summary>A model's figures on some samples, and what they were counted from: probabilities [samples, classes].</summary>
internal sealed record Evaluated(ClassificationMetrics Metrics, float[] Probabilities);

/// <summary>Measures a deployable model on one part of a dataset.</summary>
internal static class ModelEvaluator
{
    /// <exception cref="UsageException">The model and the data do not fit.</exception>
    public static Evaluated Evaluate(Predictor predictor, Dataset dataset, DatasetSplit split, int batchSize, Action<int>? advance = null, CancellationToken cancellation = default)
    {
        if (split.Count == 0) throw new UsageException($"{dataset.Name} has no {split.Name} samples.");
        var images = DatasetImages.Of(split);
        if (images.ItemBytes != predictor.PixelCount)
            throw new UsageException($"The model takes images of {predictor.Input.Channels}x{predictor.Input.Height}x{predictor.Input.Width}, but {dataset.Name} has {string.Join("x", images.ItemShape)}.");
        if (predictor.Labels.Count != dataset.Labels.Count)
            throw new UsageException($"The model has {predictor.Labels.Count} classes, but {dataset.Name} has {dataset.Labels.Count}.");

        var labels = DatasetImages.LabelsOf(split);
        var counter = new ClassificationCounter(dataset.Labels);
        var probabilities = new float[checked(split.Count * dataset.Labels.Count)];
        for (var start = 0; start < split.Count; start += batchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(batchSize, split.Count - start);
            var scores = probabilities.AsSpan(start * dataset.Labels.Count, count * dataset.Labels.Count);
            predictor.PredictPixels(images.Items(start, count), scores);
            counter.Add(scores, labels.Slice(start, count));
            advance?.Invoke(start + count);
        }
        var roc = RocAnalysis.Of(dataset.Labels, probabilities, labels);
        return new Evaluated(counter.ToMetrics() with { Roc = roc, Auc = roc.Count > 0 ? roc.Average(c => c.Auc) : null }, probabilities);
    }
}
