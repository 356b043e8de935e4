namespace OnnxPipeline.Pipeline.Store.Claims;

/// <summary>
/// Tells one who waits when a silent owner has been silent for a lease. Only the waiting one's own monotonic clock counts, and only time in
/// which it looked: had it been stopped too, the owner would get a chance to go on first.
/// </summary>
internal sealed class ClaimPatience(ClaimOptions options, TimeProvider time)
{
    private ClaimSight _last;
    private long _lookedAt;
    private TimeSpan _silent;

    /// <summary>Whether what was seen has not changed for a lease of looking at it.</summary>
    public bool IsOver(ClaimSight seen)
    {
        var now = time.GetTimestamp();
        var passed = time.GetElapsedTime(_lookedAt, now);
        if (seen != _last) _silent = TimeSpan.Zero;
        else _silent += passed < options.Heartbeat ? passed : options.Heartbeat;
        (_last, _lookedAt) = (seen, now);
        return _silent >= options.Lease;
    }
}
