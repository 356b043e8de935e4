namespace OnnxPipeline.Inference.Server.Metrics;

/// <summary>Counts of values up to each bound, and their sum, as Prometheus has them. Its owner keeps threads apart.</summary>
/// <param name="bounds">Upper bounds, rising; beyond the last one all count together.</param>
internal sealed class Histogram(IReadOnlyList<double> bounds)
{
    private long[] _counts = new long[bounds.Count + 1];

    /// <summary>In seconds, from 100 µs to 10 s.</summary>
    public static readonly double[] Durations = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    /// <summary>In samples.</summary>
    public static readonly double[] BatchSizes = [1, 2, 4, 8, 16, 32, 64, 128, 256];

    public double Sum { get; private set; }

    public long Count { get; private set; }

    public void Add(double value)
    {
        var at = 0;
        while (at < bounds.Count && value > bounds[at]) at++;
        _counts[at]++;
        Sum += value;
        Count++;
    }

    public Histogram Copy() => new(bounds) { _counts = [.. _counts], Sum = Sum, Count = Count };

    /// <summary>The values up to each bound, not those between two.</summary>
    public IEnumerable<(double Bound, long Count)> Cumulative()
    {
        long below = 0;
        for (var i = 0; i < bounds.Count; i++) yield return (bounds[i], below += _counts[i]);
    }
}
