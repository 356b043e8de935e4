using OnnxPipeline.Datasets.Splits;

namespace OnnxPipeline.Datasets.Tests.Splits;

public sealed class LabelCorruptionTests
{
    private static readonly SampleSet Clean = SmallData.Samples(3000);

    [Fact]
    public void Noise_replaces_exactly_its_share_by_each_other_class_as_often()
    {
        var noisy = Apply(new DataOptions { LabelNoise = 0.15 });
        var moved = Clean.Labels.ToArray().Zip(noisy.Labels.ToArray()).Where(l => l.First != l.Second).ToArray();
        Assert.Equal(450, moved.Length);
        // Six kinds of change, 75 expected of each, a standard deviation of 8.
        var kinds = moved.GroupBy(l => l).Select(g => g.Count()).ToArray();
        Assert.Equal(6, kinds.Length);
        Assert.All(kinds, count => Assert.InRange(count, 45, 105));
        Assert.Equal(Clean.Features[0].Data, noisy.Features[0].Data);
    }

    [Fact]
    public void All_noise_leaves_no_label_right() =>
        Assert.DoesNotContain(Clean.Labels.ToArray().Zip(Apply(new DataOptions { LabelNoise = 1 }).Labels.ToArray()), l => l.First == l.Second);

    [Fact]
    public void Shuffled_labels_are_the_same_labels_in_an_order_without_meaning()
    {
        var shuffled = Apply(new DataOptions { ShuffleLabels = true }).Labels.ToArray();
        Assert.Equal(Clean.Labels.ToArray().Order(), shuffled.Order());
        // A third agrees by chance, with a standard deviation of 26.
        Assert.InRange(Clean.Labels.ToArray().Zip(shuffled).Count(l => l.First == l.Second), 870, 1130);
    }

    [Fact]
    public void The_seed_decides_and_nothing_else_does()
    {
        foreach (var options in new[] { new DataOptions { LabelNoise = 0.3 }, new DataOptions { ShuffleLabels = true } })
        {
            Assert.Equal(Apply(options).Labels.ToArray(), Apply(options).Labels.ToArray());
            Assert.NotEqual(Apply(options).Labels.ToArray(), Apply(options, seed: 8).Labels.ToArray());
        }
        Assert.Same(Clean, Apply(new DataOptions()));
    }

    [Fact]
    public void Only_the_training_part_is_made_wrong_and_only_after_validation_is_held_out()
    {
        var content = SmallData.Content(Clean, test: SmallData.Samples(90, seed: 2));
        var clean = Splitter.Apply(content, new DataOptions { Validation = 0.2 }, 1);
        var noisy = Splitter.Apply(content, new DataOptions { Validation = 0.2, LabelNoise = 0.5, ShuffleLabels = true }, 1);
        Assert.Equal(clean.Validation!.Labels.ToArray(), noisy.Validation!.Labels.ToArray());
        Assert.Equal(clean.Test!.Labels.ToArray(), noisy.Test!.Labels.ToArray());
        Assert.Equal(clean.Validation.Features[0].Data.ToArray(), noisy.Validation.Features[0].Data.ToArray());
        Assert.NotEqual(clean.Train.Labels.ToArray(), noisy.Train.Labels.ToArray());
    }

    [Fact]
    public void Where_there_is_no_other_class_labels_cannot_be_wrong() =>
        Assert.Contains("two or more classes", Assert.Throws<DatasetFormatException>(() => LabelCorruption.Apply(Clean, 1, new DataOptions { LabelNoise = 0.1 }, 1)).Message, StringComparison.Ordinal);

    private static SampleSet Apply(DataOptions options, ulong seed = 7) => LabelCorruption.Apply(Clean, 3, options, seed);
}
