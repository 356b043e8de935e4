using System.Globalization;
using OnnxPipeline.Pipeline.Reports.Charts;
using OnnxPipeline.Training.Loop;

namespace OnnxPipeline.Pipeline.Reports.Sections;

/// <summary>How training went, epoch by epoch.</summary>
internal static class CurvesSection
{
    private const int MostRows = 20;

    public static Section Of(RunFiles run)
    {
        var epochs = run.History.Epochs;
        Callout[] best = run.History.BestEpoch is { } epoch ? [new(epoch, null, "best")] : [];
        var blocks = new List<Block>
        {
            new LineChart
            {
                Title = "Loss",
                Caption = run.History.Stopped is { } stopped ? $"Training ended with {stopped}." : null,
                X = Axis.Epoch,
                Y = new("loss"),
                Series = Lines(epochs, ("training", e => e.TrainLoss), ("validation", e => e.ValidationLoss)),
                Callouts = best,
            },
        };
        if (Lines(epochs, ("training", e => e.TrainAccuracy), ("validation", e => e.ValidationAccuracy)) is { Count: > 0 } accuracy)
            blocks.Add(new LineChart { Title = "Accuracy", X = Axis.Epoch, Y = new("accuracy") { Format = ".0%" }, Series = accuracy, Callouts = best });
        blocks.Add(new LineChart { Title = "Learning rate", X = Axis.Epoch, Y = new("learning rate") { Zero = true, Format = "~g" }, Series = Lines(epochs, ("learning rate", e => e.LearningRate)), Height = 180 });
        if (run.Times is { Epochs.Count: > 0 } times)
        {
            blocks.Add(new LineChart
            {
                Title = "Throughput",
                Caption = "Training steps alone, without validation.",
                X = Axis.Epoch,
                Y = new("throughput", "samples/s") { Zero = true, Format = "~s" },
                Series = [new("throughput", [.. times.Epochs.Select(t => ((double)t.Epoch, (double?)(t.StepSeconds > 0 ? t.Samples / t.StepSeconds : null)))])],
                Height = 180,
            });
        }
        blocks.Add(LastEpochs(epochs));
        return new Section("Training", blocks);
    }

    /// <summary>A line for each figure that some epoch has.</summary>
    public static IReadOnlyList<Series> Lines(IReadOnlyList<EpochMetrics> epochs, params IEnumerable<(string Name, Func<EpochMetrics, double?> Figure)> figures) =>
    [
        .. figures.Where(f => epochs.Any(e => f.Figure(e) is not null))
            .Select(f => new Series(f.Name, [.. epochs.Select(e => ((double)e.Epoch, f.Figure(e)))])),
    ];

    private static Table LastEpochs(IReadOnlyList<EpochMetrics> epochs) => new(
        ["epoch", "learning rate", "training loss", "training accuracy", "validation loss", "validation accuracy"],
        [
            .. epochs.TakeLast(MostRows).Select(e => (IReadOnlyList<string>)
            [
                e.Epoch.ToString(CultureInfo.InvariantCulture), Show.Number(e.LearningRate), Show.Number(e.TrainLoss), Show.Percent(e.TrainAccuracy), Show.Number(e.ValidationLoss), Show.Percent(e.ValidationAccuracy),
            ]),
        ])
    {
        Title = epochs.Count > MostRows ? $"The last {MostRows} epochs" : "Epochs",
        Folded = true,
    };
}
