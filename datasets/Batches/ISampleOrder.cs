namespace OnnxPipeline.Datasets.Batches;

/// <summary>Which sample stands at which position of an epoch.</summary>
internal interface ISampleOrder
{
    /// <summary>The order that <see cref="Prepare"/> made last: as many indices as the split has samples.</summary>
    ReadOnlySpan<int> Current { get; }

    /// <summary>True when position and sample are the same, so that whole batches can be copied at once.</summary>
    bool IsSequential { get; }

    /// <summary>Makes the order of <paramref name="epoch"/>, without allocating.</summary>
    void Prepare(int epoch);
}
