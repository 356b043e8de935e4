using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Datasets.Splits;

/// <summary>Draws exactly <paramref name="count"/> of <paramref name="total"/> rows that come one by one, each as likely. Source: Knuth, "The Art of Computer Programming", volume 2, 3.4.2, algorithm S.</summary>
internal sealed class SequentialDraw(long count, long total, CounterRandom random)
{
    private CounterRandom _random = random;
    private long _wanted = count;
    private long _left = total;

    /// <summary>Whether the next row is drawn.</summary>
    public bool Next()
    {
        var drawn = _wanted > 0 && _random.NextDouble() * _left < _wanted;
        _left--;
        if (drawn) _wanted--;
        return drawn;
    }
}
