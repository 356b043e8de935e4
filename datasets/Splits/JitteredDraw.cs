using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Datasets.Splits;

/// <summary>
/// Draws a share of rows that come one by one, their number not known: one row, at random, of each run of 1/share rows.
/// Of n rows it has drawn n·share, rounded down or up, whatever n is.
/// </summary>
internal sealed class JitteredDraw(double share, CounterRandom random)
{
    private CounterRandom _random = random;
    private long _next;
    private long _interval;
    private long _end;
    private long _drawn;

    /// <summary>Whether the next row is drawn.</summary>
    public bool Next()
    {
        if (share == 0) return false;
        if (_next == _end)
        {
            _end = (long)Math.Ceiling(++_interval / share);
            _drawn = _next + _random.Next((int)Math.Min(int.MaxValue, _end - _next));
        }
        return _next++ == _drawn;
    }
}
