using OnnxPipeline.Training.TorchSharp.State;

namespace OnnxPipeline.Training.TorchSharp.Tests;

public sealed class LossScaleTests
{
    [Fact]
    public void It_halves_when_gradients_overflow_and_doubles_after_2000_steps_without()
    {
        var scale = new LossScale();
        Assert.True(scale.After(overflowed: true));
        Assert.True(scale.Skipped);
        Assert.Equal(32768, scale.Factor);
        for (var step = 1; step < 2000; step++) scale.After(overflowed: false);
        Assert.False(scale.Skipped);
        Assert.Equal(32768, scale.Factor);
        scale.After(overflowed: false);
        Assert.Equal(65536, scale.Factor);
    }

    [Fact]
    public void At_1_an_overflow_is_the_losss_own()
    {
        var scale = new LossScale();
        for (var step = 0; step < 16; step++) Assert.True(scale.After(overflowed: true));
        Assert.Equal(1, scale.Factor);
        Assert.False(scale.After(overflowed: true));
    }

    [Fact]
    public void A_saved_scale_goes_on_where_it_was()
    {
        var scale = new LossScale();
        scale.After(overflowed: true);
        for (var step = 0; step < 1999; step++) scale.After(overflowed: false);
        var restored = new LossScale();
        restored.Restore(new[] { scale.Capture() }.ToDictionary(t => t.Name));
        foreach (var each in new[] { scale, restored }) each.After(overflowed: false);
        Assert.Equal((65536, 65536), (scale.Factor, restored.Factor));
    }
}
