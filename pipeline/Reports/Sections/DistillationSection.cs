using System.Globalization;
using OnnxPipeline.Compression;
using OnnxPipeline.Pipeline.Reports.Charts;
using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Reports.Sections;

/// <summary>The student beside its teacher, and beside itself without one; nothing where nothing was distilled.</summary>
internal static class DistillationSection
{
    public static Section Of(ReportedRun run)
    {
        const string title = "Distillation";
        if (run.Read(DistillStage.StageName, DistillStage.ReportFile, StageJson.Default.DistillReport) is not { } report) return new Section(title);
        var student = run.Read(DistillStage.StageName, TrainStage.HistoryFile, StageJson.Default.TrainingHistory)!;
        var alone = run.Read(DistillStage.StageName, DistillStage.AloneHistoryFile, StageJson.Default.TrainingHistory);
        return new Section(title,
        [
            Models(report),
            .. report.Seeds.Count > 1 ? (Block[])[Seeds(report)] : [],
            Curve("Validation accuracy of the student", new Axis("accuracy") { Format = ".0%" }, e => e.ValidationAccuracy, student, alone),
            Curve("Validation loss of the student", new Axis("loss"), e => e.ValidationLoss, student, alone),
        ]);
    }

    private static Table Models(DistillReport report)
    {
        string[] Row(string name, string accuracy, DistilledModel model) => [name, accuracy, Show.Count(model.Parameters), Show.Count(model.MultiplyAdds), ByteSize.Text(model.Bytes)];
        var alone = report.Seeds.Select(s => s.Alone).OfType<double>().ToArray();
        return new Table(["model", $"{report.Part} accuracy", "parameters", "multiply-adds a sample", "file"],
        [
            Row("student, with the teacher", Spread([.. report.Seeds.Select(s => s.Distilled)]), report.Student),
            .. alone.Length > 0 ? (string[][])[Row("student, alone", Spread(alone), report.Student)] : [],
            Row($"teacher: {report.Teacher.Name}", Show.Percent(report.TeacherAccuracy), report.Teacher),
        ])
        {
            Title = string.Create(CultureInfo.InvariantCulture, $"On {report.Samples:N0} samples; alpha {report.Alpha}, temperature {report.Temperature}{(report.Seeds.Count > 1 ? $"; mean ± standard deviation of {report.Seeds.Count} seeds" : "")}"),
        };
    }

    private static Table Seeds(DistillReport report) => new(["seed", "with the teacher", "alone", "difference"],
    [
        .. report.Seeds.Select(s => (IReadOnlyList<string>)[s.Seed.ToString(CultureInfo.InvariantCulture), Show.Percent(s.Distilled), Show.Percent(s.Alone), Show.Percent(s.Distilled - s.Alone)]),
    ])
    {
        Title = "Seeds",
        Folded = true,
    };

    private static LineChart Curve(string title, Axis axis, Func<Training.Loop.EpochMetrics, double?> figure, TrainingHistory student, TrainingHistory? alone) => new()
    {
        Title = title,
        X = Axis.Epoch,
        Y = axis,
        Series = [.. CurvesSection.Lines(student.Epochs, ("with the teacher", figure)), .. alone is null ? [] : CurvesSection.Lines(alone.Epochs, ("alone", figure))],
    };

    /// <summary>For example "91.20 % ± 0.13 %": the mean and the sample's standard deviation.</summary>
    private static string Spread(double[] values)
    {
        var mean = values.Average();
        return values.Length < 2 ? Show.Percent(mean) : $"{Show.Percent(mean)} ± {Show.Percent(Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1)))}";
    }
}
