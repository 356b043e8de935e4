using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Progress;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Progress;

public sealed class PaceTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Rate_and_time_left_count_from_where_the_stage_was_first_seen()
    {
        var pace = new Pace(_time);
        pace.Update(new ProgressFacts(500, 1000, "batches"));
        _time.Now = _time.Now.AddSeconds(10);
        pace.Update(new ProgressFacts(600, 1000, "batches", "epoch 2/3"));
        Assert.Equal(10, pace.Rate);
        Assert.Equal("10.0 batches/s  0:40 left  epoch 2/3", pace.ToString());
    }

    [Fact]
    public void Nothing_is_claimed_in_the_first_second()
    {
        var pace = new Pace(_time);
        Assert.Equal("", pace.ToString());
        pace.Update(new ProgressFacts(0, 10, "batches", "epoch 1/1"));
        _time.Now = _time.Now.AddMilliseconds(900);
        pace.Update(new ProgressFacts(5, 10, "batches", "epoch 1/1"));
        Assert.Equal("epoch 1/1", pace.ToString());
    }

    [Fact]
    public void A_new_count_begins_anew()
    {
        var pace = new Pace(_time);
        pace.Update(new ProgressFacts(0, 100, "samples"));
        _time.Now = _time.Now.AddSeconds(10);
        pace.Update(new ProgressFacts(100, 100, "samples"));
        pace.Update(new ProgressFacts(1, 100, "samples"));
        Assert.Null(pace.Rate);
        _time.Now = _time.Now.AddSeconds(2);
        pace.Update(new ProgressFacts(5, 100, "samples"));
        Assert.Equal(2, pace.Rate);
    }

    [Theory]
    [InlineData(4_000_000, 0, "bytes", "400.0 kB/s")]
    [InlineData(20_000, 1_000_000, "batches", "2,000 batches/s  8:10 left")]
    [InlineData(1, long.MaxValue, "batches", "0.1 batches/s")]
    [InlineData(10, 100_000, "batches", "1.0 batches/s  27:46:30 left")]
    public void Units_and_long_times_read_well(long steps, long all, string unit, string expected)
    {
        var pace = new Pace(_time);
        pace.Update(new ProgressFacts(0, all, unit));
        _time.Now = _time.Now.AddSeconds(10);
        pace.Update(new ProgressFacts(steps, all, unit));
        Assert.Equal(expected, pace.ToString());
    }

    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(999, "999 bytes")]
    [InlineData(1000, "1.0 kB")]
    [InlineData(999_949, "999.9 kB")]
    [InlineData(999_950, "1.0 MB")]
    [InlineData(long.MaxValue, "9.2 EB")]
    public void Sizes_read_well(long bytes, string expected) => Assert.Equal(expected, ByteSize.Text(bytes));
}
