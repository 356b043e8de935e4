using OnnxPipeline.Pipeline.Evaluation;

namespace OnnxPipeline.Pipeline.Tests.Evaluation;

public sealed class CalibrationTests
{
    [Fact]
    public void The_error_is_the_weighted_distance_of_confidence_and_accuracy()
    {
        var counter = new CalibrationCounter();
        foreach (var right in new[] { true, true, true, false }) counter.Add([0.2f, 0.8f], right);
        counter.Add([1, 0], false);
        var calibration = counter.ToCalibration();
        Assert.Equal((4 * 0.05 + 1 * 1) / 5, calibration.ExpectedCalibrationError, 1e-6);
        Assert.Equal(15, calibration.Bins.Count);
        Assert.Equal((4, 0.75), (calibration.Bins[11].Samples, calibration.Bins[11].Accuracy));
        Assert.Equal((1, 0.0), (calibration.Bins[14].Samples, calibration.Bins[14].Accuracy));
        Assert.Equal(new CalibrationBin(0, null, null), calibration.Bins[0]);
    }

    [Fact]
    public void Nothing_counted_is_no_error() => Assert.Equal(0, new CalibrationCounter().ToCalibration().ExpectedCalibrationError);
}
