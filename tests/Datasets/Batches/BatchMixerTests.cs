using System.Runtime.InteropServices;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Datasets.Tests.Batches;

/// <summary>Mixup and cutmix as a loader's user meets them. Image i of the data is plain, of value i.</summary>
public sealed class BatchMixerTests : IDisposable
{
    private const int Count = 200;
    private const int BatchSize = 16;

    private readonly TempFolder _folder = new();
    private readonly Dataset _dataset;

    public BatchMixerTests()
    {
        DatasetWriter.Write(_folder.Path, SmallData.Content(Plain()));
        _dataset = Dataset.Open(_folder.Path);
    }

    public void Dispose()
    {
        _dataset.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Without_mixing_there_are_no_second_labels()
    {
        using var loader = Loader(new AugmentOptions { HorizontalFlip = 0.5 });
        Assert.All(loader.Slots, slot => Assert.True(slot.SecondLabels is null && slot.LabelWeights is null));
    }

    [Fact]
    public void The_second_labels_and_weights_are_named_and_shaped_as_the_loss_expects()
    {
        using var loader = Loader(new AugmentOptions { Mixup = 0.2 });
        var slot = loader.Slots[0];
        Assert.Equal(("labels.second", DataKind.Int64, 0), (slot.SecondLabels!.Name, slot.SecondLabels.Kind, slot.SecondLabels.ItemShape.Count));
        Assert.Equal(("labels.weight", DataKind.Float, 0), (slot.LabelWeights!.Name, slot.LabelWeights.Kind, slot.LabelWeights.ItemShape.Count));
    }

    [Fact]
    public void Mixup_weighs_each_image_against_a_partner_and_the_labels_alike()
    {
        var shares = new HashSet<float>();
        foreach (var (plain, mixed) in Pairs(new AugmentOptions { Mixup = 1 }))
        {
            var weight = Assert.Single(mixed.Weights.Distinct());
            shares.Add(weight);
            Assert.Equal(plain.Labels, mixed.Labels);
            // Every image is some partner's share, each partner once.
            var partners = Partners(plain, mixed, (own, other) => (int)Math.Floor((weight * own) + ((1 - weight) * other) + 0.5));
            Assert.Equal(partners.Select(p => plain.Labels[p]), mixed.Second);
        }
        Assert.True(shares.Count > 10);
    }

    [Fact]
    public void Cutmix_shows_a_partner_in_a_rectangle_and_weighs_the_labels_by_area()
    {
        foreach (var (plain, mixed) in Pairs(new AugmentOptions { Cutmix = 1 }))
        {
            var weight = Assert.Single(mixed.Weights.Distinct());
            for (var i = 0; i < mixed.Images.Length; i++)
            {
                var own = plain.Images[i][0];
                var others = mixed.Images[i].Where(v => v != own).ToArray();
                if (others.Length == 0) continue; // Its own partner, or no rectangle.
                Assert.Single(others.Distinct());
                Assert.Equal(others[0] % 3, mixed.Second[i]);
                Assert.Equal(weight, 1 - (others.Length / (float)mixed.Images[i].Length), 1e-6f);
            }
        }
    }

    [Fact]
    public void With_both_on_each_batch_draws_one_of_them_as_likely_as_the_other()
    {
        var (blended, cut) = (0, 0);
        using var loader = Loader(new AugmentOptions { Mixup = 1, Cutmix = 1 });
        for (var epoch = 0; epoch < 20; epoch++)
        {
            foreach (var batch in Read(loader, epoch))
            {
                // Only a rectangle leaves two values in an image.
                if (batch.Images.Any(image => image.Distinct().Count() > 1)) cut++;
                else blended++;
            }
        }
        // 130 of 260 expected, a standard deviation of 8; a rectangle now and then is empty or everything.
        Assert.InRange(cut, 85, 160);
        Assert.InRange(blended, 100, 175);
    }

    [Fact]
    public void Any_step_taken_up_gives_the_bytes_of_running_through()
    {
        var options = Everything.Options with { ColorJitter = null, Mixup = 0.4, Cutmix = 1 };
        using var through = Loader(options);
        using var resumed = Loader(options);
        foreach (var epoch in new[] { 0, 3 })
        {
            var whole = Read(through, epoch).ToArray();
            var rest = Read(resumed, epoch, firstStep: 7).ToArray();
            Assert.Equal(whole[7..].SelectMany(b => b.Images).SelectMany(i => i), rest.SelectMany(b => b.Images).SelectMany(i => i));
            Assert.Equal(whole[7..].SelectMany(b => b.Second), rest.SelectMany(b => b.Second));
            Assert.Equal(whole[7..].SelectMany(b => b.Weights), rest.SelectMany(b => b.Weights));
        }
    }

    [Fact]
    public void What_cannot_be_mixed_is_a_fault()
    {
        var faults = new AugmentOptions { Mixup = double.NaN, Cutmix = -1 }.Validate();
        Assert.Equal(2, faults.Count);
        Assert.Contains("mixup is NaN", faults[0], StringComparison.Ordinal);

        using var folder = new TempFolder();
        var samples = Plain();
        DatasetWriter.Write(folder.Path, SmallData.Content(samples with { Features = [.. samples.Features, samples.Features[0] with { Name = "second" }] }));
        using var two = Dataset.Open(folder.Path);
        Assert.Contains("to be the only feature", Assert.Single(new AugmentOptions { Mixup = 1 }.Validate(two.Train)), StringComparison.Ordinal);
    }

    private static SampleSet Plain() =>
        SmallData.Samples(Count, height: 8, width: 8) with { Features = [new SampleTensor("image", DataKind.UInt8, [1, 8, 8], Enumerable.Range(0, Count * 64).Select(i => (byte)(i / 64)).ToArray())] };

    private BatchLoader Loader(AugmentOptions? augment) => new(_dataset.Train, new BatchOptions { BatchSize = BatchSize, Shuffle = true, Seed = 7, Augment = augment });

    /// <summary>The batches of an epoch without and with mixing.</summary>
    private IEnumerable<(Mixed Plain, Mixed Mixed)> Pairs(AugmentOptions options)
    {
        using var plain = Loader(null);
        using var mixing = Loader(options);
        return [.. Read(plain, 1).Zip(Read(mixing, 1))];
    }

    /// <summary>A permutation of the batch that explains its images; fails when there is none.</summary>
    private static int[] Partners(Mixed plain, Mixed mixed, Func<int, int, int> mix)
    {
        var partners = new int[mixed.Images.Length];
        for (var i = 0; i < partners.Length; i++)
        {
            var value = Assert.Single(mixed.Images[i].Distinct());
            // Of several that fit, one of the label that is claimed; wrong labels still fail.
            var fitting = Enumerable.Range(0, partners.Length).Where(p => mix(plain.Images[i][0], plain.Images[p][0]) == value).ToArray();
            Assert.NotEmpty(fitting);
            partners[i] = fitting.FirstOrDefault(p => plain.Labels[p] == mixed.Second[i], fitting[0]);
        }
        return partners;
    }

    private static List<Mixed> Read(BatchLoader loader, int epoch, int firstStep = 0)
    {
        var read = new List<Mixed>();
        foreach (var batch in loader.Epoch(epoch, firstStep))
        {
            read.Add(new Mixed(
                [.. batch.Features[0].Bytes.ToArray().Chunk(batch.Features[0].ItemBytes)],
                MemoryMarshal.Cast<byte, long>(batch.Labels.Bytes).ToArray(),
                batch.SecondLabels is { } second ? MemoryMarshal.Cast<byte, long>(second.Bytes).ToArray() : [],
                batch.LabelWeights is { } weights ? MemoryMarshal.Cast<byte, float>(weights.Bytes).ToArray() : []));
        }
        return read;
    }

    private sealed record Mixed(byte[][] Images, long[] Labels, long[] Second, float[] Weights);
}
