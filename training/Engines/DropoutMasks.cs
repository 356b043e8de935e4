using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Training.Lowering;

namespace OnnxPipeline.Training.Engines;

/// <summary>Fills the dropout masks of a step. A mask is a pure function of seed, step and position, so a resumed run draws the same.</summary>
internal sealed class DropoutMasks(IReadOnlyList<DropoutMask> masks, ulong seed)
{
    public bool Any => masks.Count > 0;

    /// <summary>Input tensors for a batch of this size.</summary>
    public NativeTensor[] Allocate(int count) =>
        [.. masks.Select(mask => new NativeTensor(mask.Input, [count, .. mask.Shape.Skip(1).Select(d => d.Size!.Value)]))];

    public void Fill(IReadOnlyList<NativeTensor> tensors, long step)
    {
        for (var i = 0; i < masks.Count; i++) Fill(i, tensors[i].Span, step);
    }

    /// <summary>Fills the mask of one number.</summary>
    public void Fill(int mask, Span<float> factors, long step)
    {
        var random = new CounterRandom(seed, RandomPurpose.Dropout, (ulong)step, (ulong)mask);
        var keep = (float)(1 / (1 - masks[mask].Probability));
        var threshold = (uint)Math.Min(masks[mask].Probability * 4294967296.0, uint.MaxValue);
        foreach (ref var factor in factors) factor = random.NextUInt32() < threshold ? 0 : keep;
    }
}
