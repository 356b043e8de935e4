using OnnxPipeline.Tests;

namespace OnnxPipeline.Datasets.Tests.Batches;

/// <summary>Alone in its collection, since other tests' allocations would count.</summary>
[CollectionDefinition(nameof(BatchAllocationTests), DisableParallelization = true)]
[Collection(nameof(BatchAllocationTests))]
public sealed class BatchAllocationTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_hundred_steps_allocate_no_more_than_a_kilobyte_on_all_threads_together(bool slowConsumer)
    {
        using var folder = new TempFolder();
        DatasetWriter.Write(folder.Path, SmallData.Content(SmallData.Samples(2000, channels: 3, height: 16, width: 16)));
        using var dataset = Dataset.Open(folder.Path);
        using var loader = new BatchLoader(dataset.Train, new BatchOptions { BatchSize = 10, Shuffle = true, BalanceClasses = true, Augment = Everything.Options with { Mixup = 0.2, Cutmix = 1 } });
        Assert.Equal(200, loader.StepsPerEpoch);
        Run(loader, 0, slowConsumer);
        Run(loader, 1, slowConsumer);

        // The test host's own threads may allocate meanwhile, so the least of a few epochs counts.
        var (mine, all) = (long.MaxValue, long.MaxValue);
        for (var epoch = 2; epoch < 7; epoch++)
        {
            var (mineBefore, allBefore) = (GC.GetAllocatedBytesForCurrentThread(), GC.GetTotalAllocatedBytes(precise: true));
            Run(loader, epoch, slowConsumer);
            mine = Math.Min(mine, GC.GetAllocatedBytesForCurrentThread() - mineBefore);
            all = Math.Min(all, GC.GetTotalAllocatedBytes(precise: true) - allBefore);
        }
        Assert.InRange(mine, 0, 2 * 1024);
        Assert.InRange(all, 0, 2 * 1024);
    }

    private static void Run(BatchLoader loader, int epoch, bool slowConsumer)
    {
        foreach (var batch in loader.Epoch(epoch))
        {
            if (slowConsumer && batch.Step % 4 == 0) Thread.Sleep(1);
        }
    }
}
