using System.Globalization;
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

    /// <summary>The cells of the table, for the page and the model card.</summary>
    public static (IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows) Cells(VariantsReport report, VariantTimes times)
    {
        var (first, batches) = (report.Variants[0], times.Batches);
        var classes = first.Answers!.Agreement is not null;
        return (
            ["model", "made by", "size", "ratio", "parameters", $"{report.Part} {(classes ? "accuracy" : "error")}", .. classes ? ["points lost"] : Array.Empty<string>(), .. batches.SelectMany(b => new[] { $"ms, batch {b}", "ratio" }), "verified"],
            [.. report.Variants.Select(Row)]);

        IReadOnlyList<string> Row(ModelVariant variant)
        {
            var answers = variant.Answers!;
            return
            [
                variant.File, variant.Made, ByteSize.Text(variant.Bytes), Ratio((double)variant.Bytes / first.Bytes), Show.Count(variant.Parameters),
                classes ? Show.Percent(answers.Score) : Show.Number(answers.Score),
                .. classes ? [string.Create(CultureInfo.InvariantCulture, $"{100 * (answers.OriginalScore - answers.Score):0.00}")] : Array.Empty<string>(),
                .. batches.Select(b => times.Of(variant.File, b)).SelectMany(t => new[] { Milliseconds(t?.Milliseconds), Ratio(t?.Ratio) }),
                variant.Verification.Passed ? "yes" : "no",
            ];
        }
    }

    private static Table Figures(VariantsReport report, VariantTimes times)
    {
        var (header, rows) = Cells(report, times);
        return new Table(header, rows)
        {
            Title = string.Create(CultureInfo.InvariantCulture, $"On {report.Variants[0].Answers!.Samples:N0} {report.Part} samples; times of {times.Runtime}, measured in turns, on {times.Machine}"),
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

    private static string Milliseconds(double? value) => value is { } v ? string.Create(CultureInfo.InvariantCulture, $"{v:0.000}") : "";

    private static string Ratio(double? ratio) => ratio is { } r ? string.Create(CultureInfo.InvariantCulture, $"{r:0.00}") : "";
}
