using OnnxPipeline.Datasets.Batches.Augmentations;
using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Datasets.Tests.Batches.Augmentations;

public sealed class CutmixTests
{
    [Fact]
    public void The_rectangle_has_its_area_unless_the_edge_clips_it()
    {
        var random = new CounterRandom(3, RandomPurpose.Augmentation);
        for (var i = 0; i < 2000; i++)
        {
            var hole = Cutmix.Hole(ref random, 0.75, 32, 64);
            Assert.True(hole is { Top: >= 0, Left: >= 0, Bottom: <= 32, Right: <= 64 });
            if (hole is { Top: > 0, Left: > 0, Bottom: < 32, Right: < 64 }) Assert.Equal((16, 32), (hole.Bottom - hole.Top, hole.Width));
            Assert.InRange(Cutmix.Weight(hole, 32, 64), 0.75f, 1);
        }
    }

    [Fact]
    public void Its_centre_may_be_any_pixel()
    {
        var random = new CounterRandom(3, RandomPurpose.Augmentation);
        var corners = new HashSet<(int, int)>();
        for (var i = 0; i < 2000; i++)
        {
            var hole = Cutmix.Hole(ref random, 1 - (4.0 / 64), 8, 8);
            corners.Add((hole.Bottom, hole.Right));
        }
        Assert.Equal(64, corners.Count);
    }

    [Fact]
    public void A_share_of_one_leaves_all_and_of_zero_can_take_all()
    {
        var random = new CounterRandom(3, RandomPurpose.Augmentation);
        Assert.Equal(1, Cutmix.Weight(Cutmix.Hole(ref random, 1, 9, 7), 9, 7));
        Assert.Equal(0, Cutmix.Weight(new Rectangle(0, 0, 9, 7), 9, 7));
    }

    [Fact]
    public void Pasting_changes_the_rectangle_and_nothing_else()
    {
        var (image, other) = (TestImage.Noise(3, 6, 5, seed: 1), TestImage.Noise(3, 6, 5, seed: 2));
        var expected = image.Map((c, y, x) => y is >= 1 and < 4 && x is >= 2 and < 5 ? other[c, y, x] : image[c, y, x]).Pixels;
        Cutmix.Paste(image.View, other.Pixels, new Rectangle(1, 2, 4, 5));
        Assert.Equal(expected, image.Pixels);
    }

    [Fact]
    public void Mixup_is_the_weighted_mean_rounded_to_nearest()
    {
        for (var share = 0.0; share <= 1; share += 0.0625)
        {
            byte[] pixels = [0, 255, 255, 17, 200, 3];
            byte[] others = [0, 255, 0, 99, 1, 250];
            var expected = pixels.Zip(others, (a, b) => (byte)Math.Floor((share * a) + ((1 - share) * b) + 0.5)).ToArray();
            Mixup.Blend(pixels, others, Mixup.Share(share));
            Assert.Equal(expected, pixels);
            Assert.Equal(share, Mixup.Weight(Mixup.Share(share)));
        }
    }
}
