using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Datasets.Batches;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Datasets.Tests.Batches;

public sealed class BatchLoaderTests : IDisposable
{
    private const int Count = 53;

    private readonly TempFolder _folder = new();
    private readonly Dataset _dataset;

    public BatchLoaderTests()
    {
        DatasetWriter.Write(_folder.Path, SmallData.Content(SmallData.Samples(Count)));
        _dataset = Dataset.Open(_folder.Path);
    }

    public void Dispose()
    {
        _dataset.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Without_shuffling_the_batches_are_the_split_itself()
    {
        using var loader = new BatchLoader(_dataset.Train, new BatchOptions { BatchSize = 10 });
        var steps = Collect(loader, 0);
        Assert.Equal(6, loader.StepsPerEpoch);
        Assert.Equal([10, 10, 10, 10, 10, 3], steps.Select(s => s.Count));
        Assert.Equal(_dataset.Train.Features[0].Items(0, Count).ToArray(), steps.SelectMany(s => s.Image));
        Assert.Equal(_dataset.Train.Label.Items(0, Count).ToArray(), steps.SelectMany(s => s.Label));
    }

    [Fact]
    public void A_batch_may_be_the_whole_split()
    {
        using var loader = new BatchLoader(_dataset.Train, new BatchOptions { BatchSize = Count, Shuffle = true });
        Assert.Equal(Count, Assert.Single(Collect(loader, 0)).Count);
    }

    [Fact]
    public void A_batch_beyond_2_GiB_is_refused_before_any_memory_is_taken()
    {
        var size = (int.MaxValue / (SmallData.Height * SmallData.Width)) + 1;
        var error = Assert.Throws<ArgumentException>(() => new BatchLoader(_dataset.Train, new BatchOptions { BatchSize = size }));
        Assert.Contains($"batchSize is {size}; a batch of image uint8[1,6,5] would be larger than 2 GiB. Lower it.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shuffled_epochs_hold_every_sample_once_with_its_own_label()
    {
        using var loader = new BatchLoader(_dataset.Train, new BatchOptions { BatchSize = 10, Shuffle = true, Seed = 4 });
        var size = _dataset.Train.Features[0].ItemBytes;
        var labelOf = Enumerable.Range(0, Count).ToDictionary(i => Convert.ToHexString(_dataset.Train.Features[0].Item(i)), i => (long)(i % 3));
        for (var epoch = 0; epoch < 3; epoch++)
        {
            var steps = Collect(loader, epoch);
            var images = steps.SelectMany(s => s.Image).Chunk(size).Select(Convert.ToHexString).ToArray();
            var labels = MemoryMarshal.Cast<byte, long>(steps.SelectMany(s => s.Label).ToArray()).ToArray();
            Assert.Equal(labelOf.Keys.Order(), images.Order());
            Assert.Equal(images.Select(i => labelOf[i]), labels);
        }
    }

    [Fact]
    public void Taking_up_any_epoch_at_any_step_gives_the_bytes_of_running_through()
    {
        var cases = from batch in Gen.Choose(1, 20)
                    from epoch in Gen.Choose(0, 4)
                    from step in Gen.Choose(0, Count / batch)
                    from prefetch in Gen.Choose(0, 4)
                    from drop in Gen.Elements(false, true)
                    select (batch, epoch, step, prefetch, drop);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var options = new BatchOptions { BatchSize = c.batch, Shuffle = true, DropLast = c.drop, Seed = 7, Prefetch = c.prefetch, Augment = new() { HorizontalFlip = 0.5, CropPadding = 2 } };
            using var through = new BatchLoader(_dataset.Train, options);
            var whole = Enumerable.Range(0, c.epoch + 1).Select(e => Collect(through, e)).Last();
            using var resumed = new BatchLoader(_dataset.Train, options with { Prefetch = 2 });
            var step = Math.Min(c.step, resumed.StepsPerEpoch);
            var rest = Collect(resumed, c.epoch, step);
            return rest.Select(r => r.ToString()).SequenceEqual(whole.Skip(step).Select(w => w.ToString()));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Augmentation_differs_between_epochs_and_spares_the_labels()
    {
        using var loader = new BatchLoader(_dataset.Train, new BatchOptions { BatchSize = Count, Augment = new() { HorizontalFlip = 0.5, CropPadding = 1 } });
        var (first, second) = (Collect(loader, 0).Single(), Collect(loader, 1).Single());
        Assert.NotEqual(first.Image, second.Image);
        Assert.Equal(_dataset.Train.Label.Items(0, Count).ToArray(), first.Label);
    }

    [Fact]
    public void The_last_batch_is_left_out_when_asked()
    {
        using var loader = new BatchLoader(_dataset.Train, new BatchOptions { BatchSize = 10, DropLast = true });
        Assert.Equal([10, 10, 10, 10, 10], Collect(loader, 0).Select(s => s.Count));
    }

    [Fact]
    public void A_slot_keeps_its_aligned_memory_for_ever()
    {
        using var loader = new BatchLoader(_dataset.Train, new BatchOptions { BatchSize = 8, Prefetch = 2 });
        Assert.Equal(3, loader.SlotCount);
        for (var epoch = 0; epoch < 3; epoch++)
        {
            foreach (var batch in loader.Epoch(epoch))
            {
                Assert.Same(loader.Slots[batch.Slot], batch);
                Assert.Equal(0, batch.Features[0].Pointer % 64);
                Assert.Equal(loader.Slots[batch.Slot].Labels.Pointer, batch.Labels.Pointer);
                Assert.Equal(8 * 30, batch.Features[0].ByteCapacity);
            }
        }
    }

    [Fact]
    public void A_batch_is_left_alone_while_it_is_in_use()
    {
        using var loader = new BatchLoader(_dataset.Train, new BatchOptions { BatchSize = 4, Prefetch = 1, Shuffle = true });
        foreach (var batch in loader.Epoch(0))
        {
            var before = batch.Features[0].Bytes.ToArray();
            Thread.Sleep(2);
            Assert.Equal(before, batch.Features[0].Bytes.ToArray());
        }
    }

    [Fact]
    public void Leaving_an_epoch_early_leaves_the_loader_ready_for_another()
    {
        using var loader = new BatchLoader(_dataset.Train, new BatchOptions { BatchSize = 5, Shuffle = true });
        var whole = Collect(loader, 1);
        for (var stop = 0; stop < 11; stop++)
        {
            foreach (var batch in loader.Epoch(0))
            {
                if (batch.Step == stop) break;
            }
            Assert.Equal(whole.Select(w => w.ToString()), Collect(loader, 1).Select(w => w.ToString()));
        }
    }

    [Fact]
    public void Two_epochs_at_once_are_refused()
    {
        using var loader = new BatchLoader(_dataset.Train, new BatchOptions { BatchSize = 5 });
        foreach (var batch in loader.Epoch(0))
        {
            Assert.Throws<InvalidOperationException>(() => Collect(loader, 1));
            break;
        }
        Assert.Equal(11, Collect(loader, 1).Count);
    }

    [Fact]
    public void An_empty_split_has_no_batches()
    {
        using var loader = new BatchLoader(_dataset.Validation, new BatchOptions());
        Assert.Equal(0, loader.StepsPerEpoch);
        Assert.Empty(Collect(loader, 0));
    }

    [Fact]
    public void Starting_at_the_end_of_an_epoch_gives_nothing()
    {
        using var loader = new BatchLoader(_dataset.Train, new BatchOptions { BatchSize = 5 });
        Assert.Empty(Collect(loader, 0, loader.StepsPerEpoch));
        Assert.Throws<ArgumentOutOfRangeException>(() => loader.Epoch(0, loader.StepsPerEpoch + 1));
    }

    [Fact]
    public void A_fault_in_the_background_surfaces_at_its_step_and_the_loader_lives_on()
    {
        using var loader = new BatchLoader(_dataset.Train, new BatchOptions { BatchSize = 5, Prefetch = 3 }, new FaultySource(faultAt: 4));
        for (var epoch = 0; epoch < 20; epoch++)
        {
            var steps = 0;
            var error = Assert.Throws<IOException>(() =>
            {
                foreach (var batch in loader.Epoch(epoch)) steps++;
            });
            Assert.Equal("the disk went away", error.Message);
            Assert.Equal(4, steps);
        }
    }

    [Fact]
    public void The_data_stays_mapped_until_the_loader_is_disposed_too()
    {
        var dataset = Dataset.Open(_folder.Path);
        var loader = new BatchLoader(dataset.Train, new BatchOptions { BatchSize = 1, Shuffle = true });
        foreach (var batch in loader.Epoch(0))
        {
            if (batch.Step == 3) break;
        }
        dataset.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Collect(loader, 1));
        loader.Dispose();
    }

    [Fact]
    public void A_disposed_loader_says_so()
    {
        var loader = new BatchLoader(_dataset.Train, new BatchOptions { BatchSize = 5 });
        var slot = loader.Slots[0];
        loader.Dispose();
        loader.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Collect(loader, 0));
        Assert.Throws<ObjectDisposedException>(() => slot.Labels.Bytes.Length);
        Assert.Equal(0, slot.Labels.Pointer);
    }

    [Fact]
    public void Disposing_in_the_middle_of_an_epoch_ends_its_thread()
    {
        for (var i = 0; i < 200; i++)
        {
            var loader = new BatchLoader(_dataset.Train, new BatchOptions { BatchSize = 2, Prefetch = i % 4 });
            var batches = loader.Epoch(0).GetEnumerator();
            for (var step = 0; step < i % 7; step++) batches.MoveNext();
            loader.Dispose();
        }
    }

    [Fact]
    public void Every_fault_of_the_options_is_reported_at_once()
    {
        var error = Assert.Throws<ArgumentException>(() => new BatchLoader(_dataset.Train, new BatchOptions { BatchSize = 0, Prefetch = -1, Augment = new() { HorizontalFlip = 1.5, CropPadding = -1 } }));
        foreach (var expected in new[] { "batchSize is 0", "prefetch is -1", "horizontalFlip is 1.5", "cropPadding is -1" })
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_do_not_fit_the_data_are_faults()
    {
        var tooFew = new BatchOptions { BatchSize = 100, DropLast = true }.Validate(_dataset.Train);
        Assert.Contains("has only 53 samples", Assert.Single(tooFew), StringComparison.Ordinal);
        var tooWide = new BatchOptions { Augment = new() { CropPadding = 5 } }.Validate(_dataset.Train);
        Assert.Contains("only 5 pixels", Assert.Single(tooWide), StringComparison.Ordinal);
        var tooLarge = new BatchOptions { BatchSize = 100_000_000 }.Validate(_dataset.Train);
        Assert.Contains("larger than 2 GiB", tooLarge[0], StringComparison.Ordinal);

        using var folder = new TempFolder();
        var rows = new SampleSet([new SampleTensor("row", DataKind.Float, [2], new byte[8])], new long[] { 0 });
        DatasetWriter.Write(folder.Path, SmallData.Content(rows));
        using var tabular = Dataset.Open(folder.Path);
        var noImage = new BatchOptions { Augment = new() { HorizontalFlip = 0.5 } }.Validate(tabular.Train);
        Assert.Contains("row float[2]", Assert.Single(noImage), StringComparison.Ordinal);
    }

    private sealed record Step(int Number, int Count, byte[] Image, byte[] Label)
    {
        public override string ToString() => $"{Number} {Count} {Convert.ToHexString(Image)} {Convert.ToHexString(Label)}";
    }

    private static List<Step> Collect(BatchLoader loader, int epoch, int firstStep = 0)
    {
        var steps = new List<Step>();
        foreach (var batch in loader.Epoch(epoch, firstStep))
            steps.Add(new Step(batch.Step, batch.Count, batch.Features[0].Bytes.ToArray(), batch.Labels.Bytes.ToArray()));
        return steps;
    }

    private sealed class FaultySource(int faultAt) : IBatchSource
    {
        public void BeginEpoch(int epoch)
        {
        }

        public void Fill(int step, Batch batch)
        {
            if (step == faultAt) throw new IOException("the disk went away");
            batch.Begin(step, 1);
        }

        public void Dispose()
        {
        }
    }
}
