using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Datasets.Batches;

namespace OnnxPipeline.Datasets.Tests.Batches;

public sealed class SampleOrderTests
{
    [Fact]
    public void An_order_is_a_bijection() => Prop.ForAll(Gen.Choose(0, 300).Two().ToArbitrary(), pair =>
    {
        var (count, epoch) = pair;
        var order = new SampleOrder(count, shuffle: true, seed: 9);
        order.Prepare(epoch);
        return order.Current.ToArray().Order().SequenceEqual(Enumerable.Range(0, count));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_epochs_order_does_not_depend_on_the_epochs_before()
    {
        var through = new SampleOrder(500, shuffle: true, seed: 9);
        for (var epoch = 0; epoch < 5; epoch++) through.Prepare(epoch);
        var directly = new SampleOrder(500, shuffle: true, seed: 9);
        directly.Prepare(4);
        Assert.Equal(through.Current.ToArray(), directly.Current.ToArray());
    }

    [Fact]
    public void Epochs_and_seeds_have_different_orders()
    {
        Assert.NotEqual(Order(1, 0), Order(1, 1));
        Assert.NotEqual(Order(1, 0), Order(2, 0));
    }

    [Fact]
    public void Without_shuffling_the_order_is_that_of_the_split()
    {
        var order = new SampleOrder(10, shuffle: false, seed: 9);
        order.Prepare(3);
        Assert.Equal(Enumerable.Range(0, 10), order.Current.ToArray());
    }

    private static int[] Order(ulong seed, int epoch)
    {
        var order = new SampleOrder(500, shuffle: true, seed);
        order.Prepare(epoch);
        return order.Current.ToArray();
    }
}
