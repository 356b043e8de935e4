using System.Runtime.InteropServices;
using OnnxPipeline.Datasets.Batches.Augmentations;
using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Datasets.Batches;

/// <summary>
/// Mixes each image of a batch with another of it, by mixup or cutmix, and notes the other's label and the shares. A batch has one
/// share and one rectangle, as in the authors' own programs; what they are is a pure function of (seed, epoch, step).
/// </summary>
/// <param name="options">Options without faults, of which one asks for mixing.</param>
/// <param name="seed">The loader's seed.</param>
/// <param name="imageBytes">Bytes of an image.</param>
/// <param name="batchSize">Samples of a full batch.</param>
internal sealed class BatchMixer(AugmentOptions options, ulong seed, int imageBytes, int batchSize)
{
    private readonly byte[] _before = GC.AllocateUninitializedArray<byte>(imageBytes * batchSize);
    private readonly int[] _partners = new int[batchSize];

    /// <summary>Changes the batch's only feature, uint8 images, and fills its second labels and label weights.</summary>
    public void Mix(Batch batch, int epoch, int step)
    {
        var random = new CounterRandom(seed, RandomPurpose.Augmentation, (ulong)epoch, ((ulong)AugmentationStream.Mixing << 32) | (uint)step);
        var partners = _partners.AsSpan(0, batch.Count);
        for (var i = 0; i < partners.Length; i++) partners[i] = i;
        random.Shuffle(partners);

        var images = batch.Features[0];
        images.Bytes.CopyTo(_before);
        var share = UsesCutmix(random.NextSingle()) ? Cut(ref random, images, partners) : Blend(ref random, images, partners);

        MemoryMarshal.Cast<byte, float>(batch.LabelWeights!.Bytes).Fill(share);
        var labels = MemoryMarshal.Cast<byte, long>(batch.Labels.Bytes);
        var second = MemoryMarshal.Cast<byte, long>(batch.SecondLabels!.Bytes);
        for (var i = 0; i < partners.Length; i++) second[i] = labels[partners[i]];
    }

    /// <summary>One number is drawn whichever are on.</summary>
    private bool UsesCutmix(float coin) => options.Mixup == 0 || (options.Cutmix != 0 && coin < 0.5f);

    private float Blend(ref CounterRandom random, BatchTensor images, ReadOnlySpan<int> partners)
    {
        var share = Mixup.Share(BetaDistribution.NextSymmetric(ref random, options.Mixup));
        for (var i = 0; i < partners.Length; i++) Mixup.Blend(Image(images, i), Before(partners[i]), share);
        return Mixup.Weight(share);
    }

    private float Cut(ref CounterRandom random, BatchTensor images, ReadOnlySpan<int> partners)
    {
        var (height, width) = ((int)images.ItemShape[1], (int)images.ItemShape[2]);
        var hole = Cutmix.Hole(ref random, BetaDistribution.NextSymmetric(ref random, options.Cutmix), height, width);
        for (var i = 0; i < partners.Length; i++) Cutmix.Paste(new ImageView(Image(images, i), default, height, width), Before(partners[i]), hole);
        return Cutmix.Weight(hole, height, width);
    }

    private Span<byte> Image(BatchTensor images, int index) => images.Bytes.Slice(index * imageBytes, imageBytes);

    private Span<byte> Before(int index) => _before.AsSpan(index * imageBytes, imageBytes);
}
