using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Datasets;

namespace OnnxPipeline.Training.Engines;

/// <summary>A batch's native buffers as ONNX Runtime sees them, without a copy.</summary>
internal static class BatchViews
{
    /// <summary>The buffers under the names that graphs know them by.</summary>
    public static IEnumerable<(string Name, BatchTensor Tensor)> Of(Batch batch)
    {
        foreach (var feature in batch.Features) yield return (feature.Name, feature);
        yield return (TrainingGraph.Labels, batch.Labels);
        if (batch.SecondLabels is { } second) yield return (TrainingGraph.SecondLabels, second);
        if (batch.LabelWeights is { } weights) yield return (TrainingGraph.LabelWeights, weights);
        foreach (var extra in batch.Extras) yield return (extra.Name, extra);
    }

    public static OrtValue View(BatchTensor tensor, int count)
    {
        long[] dims = [count, .. tensor.ItemShape];
        var type = tensor.Kind switch
        {
            DataKind.UInt8 => TensorElementType.UInt8,
            DataKind.Float => TensorElementType.Float,
            DataKind.Int64 => TensorElementType.Int64,
            _ => throw new TrainingException($"Feature '{tensor.Name}' holds {tensor.Kind}, which the engine cannot pass to a graph."),
        };
        return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, dims, tensor.Pointer, (long)count * tensor.ItemBytes);
    }
}
