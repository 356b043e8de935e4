using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Datasets.Batches.Augmentations;

/// <summary>The streams of random numbers of a drawn sample. Flip and crop share the first: its number 0 is the flip's. The last is a batch's, not a sample's.</summary>
internal enum AugmentationStream
{
    FlipAndCrop = 0,
    VerticalFlip = 1,
    Translation = 2,
    Rotation = 3,
    ColorJitter = 4,
    RandomErasing = 5,
    Cutout = 6,
    Mixing = 7,
}

/// <summary>Which image is augmented: all that its random numbers depend on.</summary>
/// <param name="Seed">The loader's seed.</param>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Position">The sample's place in the epoch.</param>
/// <param name="Sample">The sample's index in the split, the same in every epoch.</param>
internal readonly record struct AugmentedSample(ulong Seed, int Epoch, int Position, int Sample)
{
    /// <summary>Numbers for this time the sample is drawn; no use of them shifts another's.</summary>
    public CounterRandom Random(AugmentationStream stream) =>
        new(Seed, RandomPurpose.Augmentation, (ulong)Epoch, ((ulong)stream << 32) | (uint)Position);

    /// <summary>A fair coin that falls the same in every epoch.</summary>
    public bool Coin => (new CounterRandom(Seed, RandomPurpose.Augmentation, ulong.MaxValue, (ulong)Sample).NextUInt32() & 1) == 1;
}
