using OnnxPipeline.Datasets.Batches;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Datasets.Tests.Batches;

public sealed class BalancedOrderTests : IDisposable
{
    /// <summary>90, 9 and 2 samples of the three classes.</summary>
    private static readonly long[] Labels = [.. Enumerable.Repeat(0L, 90), .. Enumerable.Repeat(1L, 9), .. Enumerable.Repeat(2L, 2)];

    private readonly TempFolder _folder = new();
    private readonly Dataset _dataset;

    public BalancedOrderTests()
    {
        DatasetWriter.Write(_folder.Path, SmallData.Content(SmallData.Samples(Labels.Length) with { Labels = Labels }));
        _dataset = Dataset.Open(_folder.Path);
    }

    public void Dispose()
    {
        _dataset.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Every_class_is_drawn_equally_often_and_its_samples_within_one_of_each_other()
    {
        var totals = new int[3];
        for (var epoch = 0; epoch < 60; epoch++)
        {
            var order = Order(epoch);
            Assert.Equal(Labels.Length, order.Length);
            foreach (var samples in order.GroupBy(i => Labels[i]))
            {
                Assert.InRange(samples.Count(), 33, 34);
                totals[samples.Key] += samples.Count();
                var members = Enumerable.Range(0, Labels.Length).Where(i => Labels[i] == samples.Key);
                var often = members.Select(i => samples.Count(s => s == i)).ToArray();
                Assert.InRange(often.Max() - often.Min(), 0, 1);
            }
        }
        // 101 draws leave two over in each epoch, 40 for each class in the mean, with a standard deviation of 3.7.
        Assert.All(totals, total => Assert.InRange(total - (60 * 33), 25, 55));
    }

    [Fact]
    public void Over_the_epochs_every_sample_of_a_frequent_class_gets_its_turn() =>
        Assert.Equal(90, Enumerable.Range(0, 30).SelectMany(Order).Where(i => Labels[i] == 0).Distinct().Count());

    [Fact]
    public void An_epochs_order_does_not_depend_on_the_epochs_before()
    {
        var through = new BalancedOrder(_dataset.Train.Label, 5);
        for (var epoch = 0; epoch < 5; epoch++) through.Prepare(epoch);
        Assert.Equal(Order(4), through.Current.ToArray());
        Assert.NotEqual(Order(3), Order(4));
    }

    [Fact]
    public void Classes_come_mixed()
    {
        var firstHalf = Order(0)[..50].CountBy(i => Labels[i]).ToDictionary();
        Assert.All(firstHalf.Values, count => Assert.InRange(count, 8, 26));
    }

    [Fact]
    public void A_loader_draws_balanced_batches_and_labels_belong_to_their_images()
    {
        using var loader = new BatchLoader(_dataset.Train, new BatchOptions { BatchSize = 10, Shuffle = true, BalanceClasses = true, Seed = 5 });
        var labels = new List<long>();
        var images = new List<string>();
        foreach (var batch in loader.Epoch(2))
        {
            for (var i = 0; i < batch.Count; i++)
            {
                labels.Add(BitConverter.ToInt64(batch.Labels.Bytes[(8 * i)..]));
                images.Add(Convert.ToHexString(batch.Features[0].Bytes.Slice(i * batch.Features[0].ItemBytes, batch.Features[0].ItemBytes)));
            }
        }
        Assert.Equal(Order(2).Select(i => Labels[i]), labels);
        Assert.Equal(Order(2).Select(i => Convert.ToHexString(_dataset.Train.Features[0].Item(i))), images);
    }

    [Fact]
    public void Without_shuffling_nothing_can_be_balanced() =>
        Assert.Contains("Turn shuffle on", Assert.Single(new BatchOptions { BatchSize = 10, BalanceClasses = true }.Validate(_dataset.Train)), StringComparison.Ordinal);

    private int[] Order(int epoch)
    {
        var order = new BalancedOrder(_dataset.Train.Label, 5);
        order.Prepare(epoch);
        return order.Current.ToArray();
    }
}
