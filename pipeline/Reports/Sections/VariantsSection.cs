using System.Globalization;
using OnnxPipeline.Compression;
using OnnxPipeline.Pipeline.Reports.Charts;
using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Reports.Sections;

/// <summary>Every form of the model side by side: size, answers and time, each beside those of the form that was trained first.</summary>
internal static class VariantsSection
{
    public static Section Of(ReportedRun run)
    {
        const string title = "Variants";
        if (run.Variants is not { } report || run.VariantTimes is not { } times) return new Section(title);
        return new Section(title,
        [
            Figures(report, times),
            Shares(report, times),
            .. report.Variants.Where(v => !v.Verification.Passed).Select(v => new Paragraph($"{v.File}: {new Export.VerifyException(v.Verification).Message}")),
            .. times.Variants.Where(t => t.Slower is not null).Select(t => new Paragraph($"{t.File} is {t.Slower}")),
        ]);
    }

    /// <summary>The cells of the table, for the page and the model card. In brackets stands what a figure is beside the first form's: points for an accuracy, else a ratio.</summary>
    public static (IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows) Cells(VariantsReport report, VariantTimes times)
    {
        var first = report.Variants[0];
        var classes = first.Answers!.Agreement is not null;
        return (
            ["model", "made by", "size", "weights", $"{report.Part} {(classes ? "accuracy" : "error")}", .. times.Batches.Select(b => $"ms, batch {b}"), "proved"],
            [.. report.Variants.Select(Row)]);

        IReadOnlyList<string> Row(ModelVariant variant) =>
        [
            variant.File, variant.Made, Beside(ByteSize.Text(variant.Bytes), Ratio((double)variant.Bytes / first.Bytes), variant == first), Show.Count(variant.Parameters),
            Score(variant.Answers!, variant == first),
            .. times.Batches.Select(b => times.Of(variant.File, b) is var (milliseconds, ratio) ? Beside(string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.000}"), Ratio(ratio), variant == first) : ""),
            variant.Verification.Passed ? "yes" : "no",
        ];

        string Score(AnswerComparison answers, bool alone) => classes
            ? Beside(Show.Percent(answers.Score), string.Create(CultureInfo.InvariantCulture, $"{100 * (answers.Score - answers.OriginalScore):+0.00;−0.00;0.00}"), alone)
            : Beside(Show.Number(answers.Score), Ratio(answers.Score / answers.OriginalScore), alone);
    }

    private static Table Figures(VariantsReport report, VariantTimes times)
    {
        var (header, rows) = Cells(report, times);
        return new Table(header, rows)
        {
            Title = string.Create(CultureInfo.InvariantCulture, $"On {report.Variants[0].Answers!.Samples:N0} {report.Part} samples; in brackets the points or the ratio to the first; times of {times.Runtime}, measured in turns, on {times.Machine}"),
            NumbersFrom = 2,
        };
    }

    private static BarChart Shares(VariantsReport report, VariantTimes times) => new()
    {
        Title = "As a share of the first",
        Caption = "Shorter is better.",
        Category = "model",
        Value = new Axis("share") { Zero = true, Format = ".0%" },
        Bars =
        [
            .. report.Variants.SelectMany(v => (Bar[])
            [
                new(v.File, "size", (double)v.Bytes / report.Variants[0].Bytes),
                .. times.Batches.Select(b => new Bar(v.File, $"time at batch {b}", times.Of(v.File, b)?.Ratio)),
            ]),
        ],
    };

    /// <summary>The spaces do not break, so that a figure and what it is beside the first stay in one line.</summary>
    private static string Beside(string figure, string? comparison, bool alone) => (alone || comparison is null ? figure : $"{figure} ({comparison})").Replace(' ', '\u00a0');

    private static string? Ratio(double? ratio) => ratio is { } r ? string.Create(CultureInfo.InvariantCulture, $"×{r:0.00}") : null;
}
