namespace OnnxPipeline.Datasets.Batches;

/// <summary>What a loader's background thread draws batches from.</summary>
internal interface IBatchSource : IDisposable
{
    /// <summary>Makes ready for the steps of <paramref name="epoch"/>.</summary>
    void BeginEpoch(int epoch);

    /// <summary>Puts the samples of <paramref name="step"/> into <paramref name="batch"/>.</summary>
    void Fill(int step, Batch batch);
}
