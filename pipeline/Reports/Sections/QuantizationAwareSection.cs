using OnnxPipeline.Compression.QuantizationAware;
using OnnxPipeline.Pipeline.Reports.Charts;
using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Reports.Sections;

/// <summary>How fine-tuning under int8's rounding went; nothing where there was none.</summary>
internal static class QuantizationAwareSection
{
    public static Section Of(ReportedRun run)
    {
        const string title = "Quantisation-aware training";
        if (run.Read(QuantizationAwareStage.StageName, TrainStage.HistoryFile, StageJson.Default.TrainingHistory) is not { } history) return new Section(title);
        return new Section(title,
        [
            new LineChart
            {
                Title = "Loss under rounding",
                X = Axis.Epoch,
                Y = new("loss"),
                Series = CurvesSection.Lines(history.Epochs, ("training", e => e.TrainLoss), ("validation", e => e.ValidationLoss)),
            },
            new Table(["value", "least", "most"], [.. TrainedRanges.Of(run.Trained).Select(r => (IReadOnlyList<string>)[r.Key, Show.Number(r.Value.Min), Show.Number(r.Value.Max)])])
            {
                Title = "Ranges of activations",
                Folded = true,
            },
        ]);
    }
}
