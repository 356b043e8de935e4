using OnnxPipeline.Datasets;
using OnnxPipeline.Inference;
using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Evaluation;

/// <summary>Measures a deployable model on one part of a dataset.</summary>
internal static class ModelEvaluator
{
    /// <exception cref="UsageException">The model and the data do not fit.</exception>
    public static ClassificationMetrics Evaluate(Predictor predictor, Dataset dataset, DatasetSplit split, int batchSize, Action<int>? advance = null, CancellationToken cancellation = default)
    {
        if (split.Count == 0) throw new UsageException($"{dataset.Name} has no {split.Name} samples.");
        var images = DatasetImages.Of(split);
        if (images.ItemBytes != predictor.PixelCount)
            throw new UsageException($"The model takes images of {predictor.Input.Channels}x{predictor.Input.Height}x{predictor.Input.Width}, but {dataset.Name} has {string.Join("x", images.ItemShape)}.");
        if (predictor.Labels.Count != dataset.Labels.Count)
            throw new UsageException($"The model has {predictor.Labels.Count} classes, but {dataset.Name} has {dataset.Labels.Count}.");

        var labels = DatasetImages.LabelsOf(split);
        var counter = new ClassificationCounter(dataset.Labels);
        var probabilities = new float[batchSize * dataset.Labels.Count];
        for (var start = 0; start < split.Count; start += batchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(batchSize, split.Count - start);
            var scores = probabilities.AsSpan(0, count * dataset.Labels.Count);
            predictor.PredictPixels(images.Items(start, count), scores);
            counter.Add(scores, labels.Slice(start, count));
            advance?.Invoke(start + count);
        }
        return counter.ToMetrics();
    }
}
