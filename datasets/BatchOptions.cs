namespace OnnxPipeline.Datasets;

/// <summary>How a split is cut into batches.</summary>
public sealed record BatchOptions
{
    /// <summary>Samples a batch.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>A new order every epoch; else the order of the split.</summary>
    public bool Shuffle { get; init; }

    /// <summary>Every class is drawn equally often in an epoch, but for one draw where they do not divide its length evenly: rare classes repeat samples, frequent ones leave some out, and the epoch is as long as ever. Needs <see cref="Shuffle"/>.</summary>
    public bool BalanceClasses { get; init; }

    /// <summary>Leaves out the last batch of an epoch when it is not full.</summary>
    public bool DropLast { get; init; }

    /// <summary>Decides order and augmentation, with the epoch and the sample's position in it.</summary>
    public ulong Seed { get; init; }

    /// <summary>What is done to the images; null for nothing.</summary>
    public AugmentOptions? Augment { get; init; }

    /// <summary>Tensors that batches carry for whoever uses them to fill.</summary>
    public IReadOnlyList<ExtraTensor> Extras { get; init; } = [];

    /// <summary>Batches assembled ahead of the one in use, in the background.</summary>
    public int Prefetch { get; init; } = 2;

    /// <summary>Every fault of these options with <paramref name="split"/>, each a sentence; empty when there is none.</summary>
    public IReadOnlyList<string> Validate(DatasetSplit split)
    {
        var faults = new List<string>();
        if (BatchSize < 1) faults.Add($"batchSize is {BatchSize}; expected 1 or more.");
        if (Prefetch is < 0 or > 64) faults.Add($"prefetch is {Prefetch}; expected 0 to 64 batches.");
        if (DropLast && split.Count > 0 && split.Count < BatchSize)
            faults.Add($"batchSize is {BatchSize}, but split '{split.Name}' has only {split.Count} samples and the last batch is dropped when not full, so there would be none. Lower batchSize.");
        foreach (var tensor in split.Features.Append(split.Label))
        {
            if ((long)tensor.ItemBytes * BatchSize > int.MaxValue) faults.Add($"batchSize is {BatchSize}; a batch of {tensor} would be larger than 2 GiB. Lower it.");
        }
        if (BalanceClasses && !Shuffle) faults.Add("balanceClasses is on and shuffle is off; balanced classes are drawn at random. Turn shuffle on.");
        if (BalanceClasses && split.Label.Kind != DataKind.Int64) faults.Add($"balanceClasses needs classes, but the labels are {split.Label}. Turn it off.");
        if (Augment is { } augment) faults.AddRange(augment.Validate(split));
        return faults;
    }
}
