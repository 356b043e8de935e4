namespace OnnxPipeline.Benchmarks;

/// <summary>Order statistics of repeated measurements.</summary>
internal sealed record Samples
{
    private readonly double[] _sorted;

    /// <exception cref="ArgumentException">There are no values.</exception>
    public Samples(IEnumerable<double> values)
    {
        _sorted = [.. values.Order()];
        if (_sorted.Length == 0) throw new ArgumentException("Samples: expected at least one value, found none.", nameof(values));
    }

    public int Count => _sorted.Length;

    public double Median => Quantile(0.5);

    public double LowerQuartile => Quantile(0.25);

    public double UpperQuartile => Quantile(0.75);

    /// <summary>Half the distance of the quartiles, as a share of the median: half of all measurements lie about that near.</summary>
    public double Spread => (UpperQuartile - LowerQuartile) / 2 / Median;

    public double Least => _sorted[0];

    /// <summary>Interpolated linearly between the two nearest measurements.</summary>
    public double Quantile(double share)
    {
        var position = share * (_sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, _sorted.Length - 1);
        return _sorted[below] + (position - below) * (_sorted[above] - _sorted[below]);
    }
}
