using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Reports.Sections;

namespace OnnxPipeline.Pipeline.Reports;

/// <summary>The page of one run.</summary>
internal static class RunReport
{
    public const string FileName = "report.html";

    /// <param name="run">What the run made.</param>
    /// <param name="record">The run itself, where one is known: a stage does not know which run it is part of.</param>
    public static Page Of(ReportedRun run, RunRecord? record = null) => new(
        run.Recipe,
        Subtitle(run, record),
        HeadlineFigures.Of(run),
        [
            VariantsSection.Of(run),
            CurvesSection.Of(run),
            DistillationSection.Of(run),
            PruningSection.Of(run.Pruning),
            QuantizationAwareSection.Of(run),
            QuantizationSection.Of(run),
            ClassesSection.Of(run),
            ProbabilitiesSection.Of(run),
            MistakesSection.Of(run),
            BoundarySection.Of(run),
            FeaturesSection.Of(run),
            WeightsSection.Of(run),
            ProbesSection.Of(run.History),
            RecipeSection.Of(run),
            LineageSection.Of(run),
        ]);

    private static string Subtitle(ReportedRun run, RunRecord? record)
    {
        var what = $"{run.Trained.Graph.Name} on {run.Dataset.Name}";
        return record is null ? what : $"{what}, run {record.Id}, begun {record.Started.UtcDateTime:yyyy-MM-dd HH:mm} UTC";
    }
}
