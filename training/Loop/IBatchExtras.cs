using OnnxPipeline.Datasets;

namespace OnnxPipeline.Training.Loop;

/// <summary>Brings to training batches what the dataset does not have, for a loss that needs it.</summary>
public interface IBatchExtras
{
    /// <summary>The tensors to be filled, under the names of the training graph's inputs.</summary>
    IReadOnlyList<ExtraTensor> Tensors { get; }

    /// <summary>Fills <see cref="Batch.Extras"/>, in the order of <see cref="Tensors"/>. The same batch must always get the same bytes, or resumed runs differ.</summary>
    void Fill(Batch batch);
}
