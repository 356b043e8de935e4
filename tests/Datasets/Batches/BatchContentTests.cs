using System.Runtime.InteropServices;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Datasets.Tests.Batches;

public sealed class BatchContentTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dataset _dataset;

    public BatchContentTests()
    {
        DatasetWriter.Write(_folder.Path, SmallData.Content(SmallData.Samples(53)));
        _dataset = Dataset.Open(_folder.Path);
    }

    public void Dispose()
    {
        _dataset.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_batch_says_where_its_samples_stand_in_the_split(bool shuffle, bool balance)
    {
        using var loader = new BatchLoader(_dataset.Train, new BatchOptions { BatchSize = 10, Shuffle = shuffle, BalanceClasses = balance, Seed = 4 });
        foreach (var batch in loader.Epoch(1))
        {
            Assert.Equal(batch.Count, batch.Samples.Length);
            for (var i = 0; i < batch.Count; i++)
            {
                var size = _dataset.Train.Features[0].ItemBytes;
                Assert.Equal(_dataset.Train.Features[0].Item(batch.Samples[i]), batch.Features[0].Bytes.Slice(i * size, size));
            }
        }
    }

    [Fact]
    public void Batches_carry_what_their_user_asked_for_and_leave_it_alone()
    {
        using var loader = new BatchLoader(_dataset.Train, new BatchOptions { BatchSize = 10, Prefetch = 0, Extras = [new ExtraTensor("teacher", [4])] });
        foreach (var batch in loader.Epoch(0))
        {
            var extra = Assert.Single(batch.Extras);
            var values = MemoryMarshal.Cast<byte, float>(extra.Bytes);
            Assert.Equal(("teacher", 4 * batch.Count), (extra.Name, values.Length));
            if (batch.Step > 0) Assert.Equal(batch.Step, values[0]);
            values[0] = batch.Step + 1;
        }
    }
}
