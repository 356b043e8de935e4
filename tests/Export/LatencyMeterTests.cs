using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export.Tests;

public sealed class LatencyMeterTests
{
    private const double Short = 0.01;

    [Fact]
    public void Each_model_is_timed_at_the_batch_sizes_that_it_takes()
    {
        var free = Deployed();
        var four = Optimizer.Optimize(Deployed(), new OptimizeOptions { Batch = 4 }).Model;
        var files = Deployed(ImageLayout.Encoded);
        var times = LatencyMeter.Measure([free, four, files], TestClassifier.Samples(3), [1, 4], seconds: Short);

        Assert.Equal([[1, 4], [4], [1]], times.Select(model => model.Select(t => t.Batch)));
        Assert.All(times.SelectMany(t => t), t =>
        {
            Assert.True(t.Runs >= 5);
            Assert.True(0 < t.QuickMilliseconds && t.QuickMilliseconds <= t.MedianMilliseconds && t.MedianMilliseconds <= t.P90Milliseconds, $"{t}");
        });
    }

    [Fact]
    public void Samples_are_needed_and_must_be_the_models()
    {
        Assert.Throws<ArgumentException>(() => LatencyMeter.Measure([Deployed()], TestClassifier.Samples(0), [1], seconds: Short));
        var error = Assert.Throws<ExportException>(() => LatencyMeter.Measure([Deployed()], TestClassifier.Samples(3, channels: 1), [1], seconds: Short));
        Assert.Contains("[3,8,8]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_measurement_can_be_stopped()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => LatencyMeter.Measure([Deployed()], TestClassifier.Samples(3), [1], cancellation: stop.Token));
    }

    private static Models.Model Deployed(ImageLayout? input = null) =>
        Exporter.Export(TestClassifier.Cnn(), new ExportSettings { Labels = TestClassifier.Labels, Input = input }).Model;
}
