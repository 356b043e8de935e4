using OnnxPipeline.Inference.Server.Endpoints;
using OnnxPipeline.Inference.Server.Models;

namespace OnnxPipeline.Inference.Server.Protocol;

/// <summary>A tensor in a model's configuration; the batch is none of its dims.</summary>
internal sealed record TensorConfig(string Name, string DataType, IReadOnlyList<int> Dims);

internal sealed record BatcherConfig(long MaxQueueDelayMicroseconds);

/// <summary>How a model is run. Source: Triton's ModelConfig; a batch of 0 is a model whose requests run alone.</summary>
internal sealed record ModelConfig(string Name, string Platform, string Backend, int MaxBatchSize, IReadOnlyList<TensorConfig> Input, IReadOnlyList<TensorConfig> Output, BatcherConfig? DynamicBatching)
{
    private const string RuntimeBackend = "onnxruntime";

    public static ModelConfig Of(ServedModel model)
    {
        var skipped = model.MaxBatch is null ? 0 : 1;
        TensorConfig Describe(TensorSpec spec) => new(spec.Name, DataTypes.ConfigNameOf(spec.ElementType), [.. spec.Shape.Skip(skipped)]);
        return new ModelConfig(model.Name, MetadataEndpoints.Platform, RuntimeBackend, model.MaxBatch ?? 0, [.. model.Session.Inputs.Select(Describe)], [.. model.Session.Outputs.Select(Describe)],
            model.MaxBatch is null ? null : new BatcherConfig((long)model.Batching.MaxDelay.TotalMicroseconds));
    }
}
