using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Datasets.Batches;

/// <summary>Which sample stands at which position of an epoch: a pure function of seed and epoch.</summary>
internal sealed class SampleOrder : ISampleOrder
{
    private readonly int[] _order;
    private readonly bool _shuffle;
    private readonly ulong _seed;

    public SampleOrder(int count, bool shuffle, ulong seed)
    {
        (_shuffle, _seed) = (shuffle, seed);
        _order = new int[count];
        Reset();
    }

    public ReadOnlySpan<int> Current => _order;

    public bool IsSequential => !_shuffle;

    public void Prepare(int epoch)
    {
        if (!_shuffle) return;
        Reset();
        new CounterRandom(_seed, RandomPurpose.Shuffle, (ulong)epoch).Shuffle(_order.AsSpan());
    }

    private void Reset()
    {
        for (var i = 0; i < _order.Length; i++) _order[i] = i;
    }
}
