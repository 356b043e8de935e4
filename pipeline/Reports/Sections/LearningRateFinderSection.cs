using OnnxPipeline.Pipeline.Reports.Charts;
using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Reports.Sections;

/// <summary>One step of a learning-rate finder.</summary>
internal sealed record LearningRateTrial(double LearningRate, double Loss, double SmoothedLoss);

/// <summary>The loss while the learning rate rises: a good rate is where it falls fastest. Source: Smith, "Cyclical learning rates for training neural networks", WACV 2017.</summary>
internal static class LearningRateFinderSection
{
    /// <summary>Where training leaves it, if it was asked to look for a rate.</summary>
    public const string FileName = "lr-finder.json";

    public static Section Of(RunFiles run) => Of(run.Read(TrainStage.StageName, FileName, ReportJson.Default.IReadOnlyListLearningRateTrial) ?? []);

    /// <param name="trials">In the order of their rates.</param>
    public static Section Of(IReadOnlyList<LearningRateTrial> trials) => new("Learning-rate finder", trials.Count == 0 ? [] :
    [
        new LineChart
        {
            Title = "Loss by learning rate",
            X = new("learning rate") { Log = true, Format = "~g" },
            Y = new("loss"),
            Series = [new("each step", [.. trials.Select(t => (t.LearningRate, (double?)t.Loss))]), new("smoothed", [.. trials.Select(t => (t.LearningRate, (double?)t.SmoothedLoss))])],
            Wide = true,
        },
    ]);
}
