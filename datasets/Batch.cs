namespace OnnxPipeline.Datasets;

/// <summary>Some samples, assembled. A loader has a few of these, one a slot, and fills them again and again.</summary>
public sealed class Batch
{
    internal Batch(int slot, DatasetSplit split, int batchSize)
    {
        Slot = slot;
        Features = [.. split.Features.Select(f => new BatchTensor(f, batchSize))];
        Labels = new BatchTensor(split.Label, batchSize);
    }

    /// <summary>Which of the loader's slots this is, from 0; the same slot always has the same memory.</summary>
    public int Slot { get; }

    /// <summary>Samples in it: the batch size, or fewer in an epoch's last batch.</summary>
    public int Count { get; private set; }

    /// <summary>The step of the epoch, from 0.</summary>
    public int Step { get; private set; }

    public IReadOnlyList<BatchTensor> Features { get; }

    /// <summary>int64 [count]; float [count] for a regression.</summary>
    public BatchTensor Labels { get; }

    internal void Begin(int step, int count)
    {
        Step = step;
        Count = count;
        for (var i = 0; i < Features.Count; i++) Features[i].SetCount(count);
        Labels.SetCount(count);
    }

    internal void Free()
    {
        foreach (var feature in Features) feature.Free();
        Labels.Free();
    }
}
