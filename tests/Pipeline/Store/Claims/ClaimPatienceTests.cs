using OnnxPipeline.Pipeline.Store.Claims;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Store.Claims;

public sealed class ClaimPatienceTests
{
    private readonly ManualTime _time = new();
    private readonly ClaimPatience _patience;

    public ClaimPatienceTests() => _patience = new ClaimPatience(new ClaimOptions { Lease = TimeSpan.FromSeconds(60) }, _time);

    [Fact]
    public void It_ends_when_the_same_was_seen_for_a_lease()
    {
        Assert.False(_patience.IsOver(new ClaimSight(3, "beat 1")));
        Assert.Equal(59, LooksUntilOver(new ClaimSight(3, "beat 1"), seconds: 1));
    }

    [Fact]
    public void Any_change_begins_it_anew()
    {
        for (var beat = 0; beat < 100; beat++)
        {
            Assert.False(_patience.IsOver(new ClaimSight(3, $"beat {beat}")));
            _time.Now = _time.Now.AddSeconds(5);
        }
        Assert.False(_patience.IsOver(new ClaimSight(4, "beat 99")));
    }

    [Fact]
    public void Time_in_which_it_did_not_look_hardly_counts()
    {
        Assert.False(_patience.IsOver(new ClaimSight(3, "beat 1")));
        Assert.Equal(9, LooksUntilOver(new ClaimSight(3, "beat 1"), seconds: 3600));
    }

    private int LooksUntilOver(ClaimSight seen, double seconds)
    {
        for (var looks = 0; ; looks++)
        {
            _time.Now = _time.Now.AddSeconds(seconds);
            if (_patience.IsOver(seen)) return looks;
        }
    }
}
