namespace OnnxPipeline.Datasets;

/// <summary>Some samples, assembled. A loader has a few of these, one a slot, and fills them again and again.</summary>
public sealed class Batch
{
    private readonly BatchTensor[] _tensors;
    private readonly int[] _samples;

    internal Batch(int slot, DatasetSplit split, int batchSize, bool mixing = false, IReadOnlyList<ExtraTensor>? extras = null)
    {
        Slot = slot;
        Features = [.. split.Features.Select(f => new BatchTensor(f, batchSize))];
        Labels = new BatchTensor(split.Label, batchSize);
        if (mixing)
        {
            SecondLabels = new BatchTensor("labels.second", DataKind.Int64, [], batchSize);
            LabelWeights = new BatchTensor("labels.weight", DataKind.Float, [], batchSize);
        }
        Extras = [.. (extras ?? []).Select(e => new BatchTensor(e.Name, DataKind.Float, e.ItemShape, batchSize))];
        _tensors = [.. Features, Labels, .. new[] { SecondLabels, LabelWeights }.OfType<BatchTensor>(), .. Extras];
        _samples = new int[batchSize];
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

    /// <summary>The class of what each sample was mixed with, int64 [count]; null unless mixup or cutmix is on.</summary>
    public BatchTensor? SecondLabels { get; }

    /// <summary>How much of each sample is of its class in <see cref="Labels"/>, float [count] from 0 to 1; the rest is of that in <see cref="SecondLabels"/>. Null unless mixup or cutmix is on.</summary>
    public BatchTensor? LabelWeights { get; }

    /// <summary>What <see cref="BatchOptions.Extras"/> asked for, in that order; the loader leaves it as it is.</summary>
    public IReadOnlyList<BatchTensor> Extras { get; }

    /// <summary>Where each sample stands in the split; a mixed one is named by its first part.</summary>
    public ReadOnlySpan<int> Samples => _samples.AsSpan(0, Count);

    /// <summary>The split whose samples these are, byte by byte, at <see cref="Samples"/>; null where they are augmented or mixed.</summary>
    public DatasetSplit? Unchanged { get; init; }

    /// <summary>To be filled with where the samples stand in the split.</summary>
    internal Span<int> SamplesToFill => _samples.AsSpan(0, Count);

    internal void Begin(int step, int count)
    {
        Step = step;
        Count = count;
        foreach (var tensor in _tensors) tensor.SetCount(count);
    }

    internal void Free()
    {
        foreach (var tensor in _tensors) tensor.Free();
    }
}
