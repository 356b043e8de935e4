namespace OnnxPipeline.Training.Engines;

/// <summary>The mean of batches' statistics, each counting the same: what running statistics with a momentum of 1 − 1/n would be.</summary>
internal sealed class StatisticsMean(IReadOnlyList<int> lengths)
{
    private readonly double[][] _sums = [.. lengths.Select(length => new double[length])];
    private int _batches;

    public IEnumerable<float[]> Values => _sums.Select(sum => sum.Select(s => (float)(s / _batches)).ToArray());

    public void Add(IReadOnlyList<NativeTensor> statistics)
    {
        _batches++;
        for (var i = 0; i < _sums.Length; i++) Add(i, statistics[i].Span);
    }

    public void Add(IReadOnlyList<float[]> statistics)
    {
        _batches++;
        for (var i = 0; i < _sums.Length; i++) Add(i, statistics[i]);
    }

    private void Add(int statistic, ReadOnlySpan<float> values)
    {
        for (var channel = 0; channel < values.Length; channel++) _sums[statistic][channel] += values[channel];
    }
}
