using OnnxPipeline.Pipeline.Reports.Charts;
using OnnxPipeline.Training.Diagnostics;

namespace OnnxPipeline.Pipeline.Reports.Sections;

/// <summary>The loss while the learning rate rises: a good rate is where it falls fastest. Source: Smith, "Cyclical learning rates for training neural networks", WACV 2017.</summary>
internal static class LearningRateFinderSection
{
    public static Section Of(LearningRateCurve curve) => new("Learning-rate finder", curve.Points.Count == 0 ? [] :
    [
        new LineChart
        {
            Title = "Loss by learning rate",
            X = new("learning rate") { Log = true, Format = "~g" },
            Y = new("loss"),
            Series = [new("each step", [.. curve.Points.Select(p => (p.LearningRate, (double?)p.Loss))]), new("smoothed", [.. curve.Points.Select(p => (p.LearningRate, (double?)p.SmoothedLoss))])],
            Wide = true,
        },
    ]);
}
