using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Reports.Sections;

/// <summary>The figures of a run that matter most.</summary>
internal static class HeadlineFigures
{
    public static IReadOnlyList<Figure> Of(ReportedRun run)
    {
        var summary = ModelSummary.Of(run.Trained);
        var model = run.Manifests[ExportStage.StageName].Files.First(f => f.Path == ExportStage.ModelFile);
        return
        [
            .. Quality(run),
            new(Show.Count(summary.Parameters), "parameters", $"{Show.Count(summary.MultiplyAdds)} multiply-adds a sample"),
            new(Show.Duration(TrainingSeconds(run)), "training time", $"{run.History.Epochs.Count} epoch{(run.History.Epochs.Count == 1 ? "" : "s")}{(run.History.BestEpoch is { } best ? $", best {best}" : "")}"),
            new(ByteSize.Text(model.Size), "model file", ExportStage.ModelFile),
        ];
    }

    /// <summary>What the record of the training stage says: the whole of the stage.</summary>
    public static double TrainingSeconds(ReportedRun run) => run.Manifests[TrainStage.StageName].Seconds;

    private static IEnumerable<Figure> Quality(ReportedRun run)
    {
        if (run.Measured is not var (split, metrics)) yield break;
        yield return new(Show.Percent(metrics.Accuracy), $"{split.Name} accuracy", $"{Show.Count(metrics.Samples)} samples");
        yield return new(Show.Number(metrics.Loss), $"{split.Name} loss", $"calibration error {Show.Percent(metrics.Calibration.ExpectedCalibrationError)}");
    }
}
