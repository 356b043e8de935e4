using System.Security.Cryptography;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Datasets.Tests.Batches;

/// <summary>Augmentation as a loader's user meets it.</summary>
public sealed class AugmentedBatchTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dataset _dataset;

    public AugmentedBatchTests()
    {
        DatasetWriter.Write(_folder.Path, SmallData.Content(SmallData.Samples(200, channels: 3, height: 9, width: 8)));
        _dataset = Dataset.Open(_folder.Path);
    }

    public void Dispose()
    {
        _dataset.Dispose();
        _folder.Dispose();
    }

    /// <summary>The hash was taken when flips and zero crops were all there was.</summary>
    [Fact]
    public void Flips_and_zero_crops_give_the_bytes_they_always_gave()
    {
        using var loader = Loader(new AugmentOptions { HorizontalFlip = 0.5, CropPadding = 3 });
        var hash = SHA256.HashData([.. Images(loader, 0, 0), .. Images(loader, 1, 0)]);
        Assert.Equal("752fba12cba941304afea7ad5245f7e69cab15ee", Convert.ToHexStringLower(hash)[..40]);
    }

    [Fact]
    public void With_everything_on_any_step_taken_up_gives_the_bytes_of_running_through()
    {
        using var through = Loader(Everything.Options);
        using var resumed = Loader(Everything.Options);
        var size = 16 * _dataset.Train.Features[0].ItemBytes;
        for (var epoch = 0; epoch < 3; epoch++)
        {
            var whole = Images(through, epoch, 0);
            Assert.Equal(whole, Images(resumed, epoch, 0));
            foreach (var step in new[] { 1, 7, 12 }) Assert.Equal(whole[(step * size)..], Images(resumed, epoch, step));
        }
        Assert.NotEqual(Images(through, 0, 0), Images(through, 2, 0));
    }

    /// <summary>Cutout comes last, so its holes must be where they are without the rest.</summary>
    [Fact]
    public void What_an_option_draws_does_not_depend_on_the_others()
    {
        using var alone = Loader(new AugmentOptions { Cutout = 3 });
        using var among = Loader(Everything.Options);
        var (few, all) = (Images(alone, 1, 0), Images(among, 1, 0));
        var holes = Enumerable.Range(0, few.Length).Where(i => few[i] == 0).ToArray();
        // The generated noise has zeros of its own, one pixel in 256.
        Assert.InRange(holes.Count(i => all[i] == 0) / (double)holes.Length, 0.95, 1);
    }

    [Fact]
    public void Every_option_alone_changes_images_and_none_changes_nothing()
    {
        var plain = Images(Loader(new AugmentOptions()), 0, 0);
        Assert.False(new AugmentOptions { CropFill = CropFill.Reflect, ColorJitter = new() }.IsActive);
        AugmentOptions[] options =
        [
            new() { HorizontalFlip = 1 }, new() { AlternatingFlip = true }, new() { VerticalFlip = 1 }, new() { CropPadding = 1, CropFill = CropFill.Reflect }, new() { Translate = 1 }, new() { Rotate = 9 },
            new() { ColorJitter = new() { Brightness = 0.5 } }, new() { ColorJitter = new() { Contrast = 0.5 } }, new() { ColorJitter = new() { Saturation = 0.5 } }, new() { RandomErasing = 1 }, new() { Cutout = 2 },
        ];
        foreach (var one in options)
        {
            Assert.True(one.IsActive);
            using var loader = Loader(one);
            Assert.NotEqual(plain, Images(loader, 0, 0));
        }
    }

    [Fact]
    public void Every_fault_is_reported_at_once()
    {
        var faults = string.Join("\n", new AugmentOptions
        {
            HorizontalFlip = double.NaN,
            AlternatingFlip = true,
            VerticalFlip = 2,
            CropPadding = -1,
            CropFill = (CropFill)9,
            Translate = -2,
            Rotate = 200,
            ColorJitter = new() { Brightness = -1, Contrast = 3, Saturation = double.PositiveInfinity },
            RandomErasing = 1.1,
            Cutout = -3,
        }.Validate());
        foreach (var expected in new[] { "horizontalFlip is NaN", "alternatingFlip is on", "verticalFlip is 2", "cropPadding is -1", "cropFill is 9; expected one of Zero, Reflect", "translate is -2", "rotate is 200", "brightness is -1", "contrast is 3", "saturation is", "randomErasing is 1.1", "cutout is -3" })
            Assert.Contains(expected, faults, StringComparison.Ordinal);
        Assert.Empty(Everything.Options.Validate());
    }

    [Fact]
    public void Options_that_do_not_fit_the_images_are_faults()
    {
        var large = new AugmentOptions { CropPadding = 8, Translate = 8, Cutout = 9 }.Validate(_dataset.Train);
        Assert.Equal(3, large.Count);
        Assert.All(large, fault => Assert.Contains("only 8 pixels", fault, StringComparison.Ordinal));
        Assert.Empty(new AugmentOptions { CropPadding = 7, Translate = 7, Cutout = 8 }.Validate(_dataset.Train));

        using var folder = new TempFolder();
        DatasetWriter.Write(folder.Path, SmallData.Content(SmallData.Samples(3)));
        using var grey = Dataset.Open(folder.Path);
        var colour = new AugmentOptions { ColorJitter = new() { Brightness = 0.5, Saturation = 0.5 } }.Validate(grey.Train);
        Assert.Contains("has 1 channel(s)", Assert.Single(colour), StringComparison.Ordinal);
        Assert.Empty(new AugmentOptions { ColorJitter = new() { Brightness = 0.5, Contrast = 0.5 } }.Validate(grey.Train));
    }

    private BatchLoader Loader(AugmentOptions augment) => new(_dataset.Train, new BatchOptions { BatchSize = 16, Shuffle = true, Seed = 7, Augment = augment });

    private static byte[] Images(BatchLoader loader, int epoch, int firstStep)
    {
        var bytes = new List<byte>();
        foreach (var batch in loader.Epoch(epoch, firstStep)) bytes.AddRange(batch.Features[0].Bytes);
        return [.. bytes];
    }
}
