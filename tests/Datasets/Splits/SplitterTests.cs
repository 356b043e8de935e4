using OnnxPipeline.Datasets.Splits;

namespace OnnxPipeline.Datasets.Tests.Splits;

public sealed class SplitterTests
{
    [Fact]
    public void The_validation_part_comes_out_of_the_training_part()
    {
        var split = Apply(new DataOptions { Validation = 0.2 });
        Assert.Equal((240, 60, 90), (split.Train.Count, split.Validation!.Count, split.Test!.Count));
        Assert.Equal([20, 20, 20], split.Validation.Labels.ToArray().GroupBy(l => l).Select(g => g.Count()));
        var images = Images(split.Train).Concat(Images(split.Validation)).Order();
        Assert.Equal(Images(Content.Train).Order(), images);
    }

    [Fact]
    public void No_validation_part_is_asked_for_and_none_is_made()
    {
        var split = Apply(new DataOptions { Validation = 0 });
        Assert.Equal((300, 0), (split.Train.Count, split.Validation!.Count));
    }

    [Fact]
    public void A_validation_part_of_its_own_is_kept()
    {
        var content = Content with { Validation = SmallData.Samples(9, seed: 5) };
        var split = Splitter.Apply(content, new DataOptions { Validation = 0.5 }, 1);
        Assert.Equal((300, 9), (split.Train.Count, split.Validation!.Count));
    }

    [Fact]
    public void A_limit_holds_for_every_part_and_keeps_the_classes_even()
    {
        var split = Apply(new DataOptions { Validation = 0.2, Limit = 30 });
        Assert.All(new[] { split.Train, split.Validation!, split.Test! }, part =>
            Assert.Equal([10, 10, 10], part.Labels.ToArray().GroupBy(l => l).Select(g => g.Count())));
    }

    [Fact]
    public void A_limit_above_the_count_changes_nothing() =>
        Assert.Equal(240, Apply(new DataOptions { Validation = 0.2, Limit = 1000 }).Train.Count);

    [Fact]
    public void Even_an_extreme_share_leaves_something_to_train_on()
    {
        var split = Splitter.Apply(SmallData.Content(SmallData.Samples(3)), new DataOptions { Validation = 0.99 }, 1);
        Assert.Equal(3, split.Train.Count);
    }

    private static DatasetContent Content { get; } = SmallData.Content(SmallData.Samples(300), test: SmallData.Samples(90, seed: 2));

    private static DatasetContent Apply(DataOptions options) => Splitter.Apply(Content, options, seed: 1);

    private static IEnumerable<string> Images(SampleSet samples)
    {
        var image = samples.Features[0];
        return Enumerable.Range(0, samples.Count).Select(i => Convert.ToHexString(image.Data.Span.Slice(i * image.ItemBytes, image.ItemBytes)));
    }
}
