using System.Globalization;
using OnnxPipeline.Pipeline.Orchestration;

namespace OnnxPipeline.Pipeline.Progress;

/// <summary>How fast a stage goes, by the steps since it was first seen: a run that goes on from a checkpoint does not count what was done before.</summary>
internal sealed class Pace(TimeProvider time)
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Sayable = TimeSpan.FromDays(365);
    private ProgressFacts _first;
    private ProgressFacts _now;
    private long _began;

    /// <summary>Steps a second; null until a second has passed.</summary>
    public double? Rate => _now.Step > _first.Step && time.GetElapsedTime(_began) is var elapsed && elapsed >= Settling ? (_now.Step - _first.Step) / elapsed.TotalSeconds : null;

    /// <summary>Null where it is not known, or beyond what is worth saying.</summary>
    public TimeSpan? Left => Rate is { } rate && _now.Steps > 0 && (_now.Steps - _now.Step) / rate is var seconds && seconds < Sayable.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;

    public void Update(in ProgressFacts facts)
    {
        // Another count begins, for example that of the next file.
        if (_began == 0 || facts.Step < _now.Step || facts.Steps != _now.Steps) (_first, _began) = (facts, time.GetTimestamp());
        _now = facts;
    }

    /// <summary>For example "35.2 batches/s  1:20 left  epoch 3/10  loss 0.412"; no more than is known.</summary>
    public override string ToString()
    {
        var rate = Rate is not { } perSecond ? null
            : _now.Unit == ByteSize.Unit ? $"{ByteSize.Text((long)perSecond)}/s"
            : string.Create(CultureInfo.InvariantCulture, $"{perSecond.ToString(perSecond < 100 ? "0.0" : "N0", CultureInfo.InvariantCulture)} {_now.Unit}/s");
        var left = Left is not { } remaining ? null
            : remaining.TotalHours >= 1 ? $"{(int)remaining.TotalHours}:{remaining:mm\\:ss} left"
            : $"{remaining:m\\:ss} left";
        return string.Join("  ", new[] { rate, left, _now.Text }.Where(part => !string.IsNullOrEmpty(part)));
    }
}
