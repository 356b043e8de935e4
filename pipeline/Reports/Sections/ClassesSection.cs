using System.Globalization;
using OnnxPipeline.Pipeline.Evaluation;
using OnnxPipeline.Pipeline.Reports.Charts;

namespace OnnxPipeline.Pipeline.Reports.Sections;

/// <summary>What is taken for what, and how well each class does.</summary>
internal static class ClassesSection
{
    /// <summary>A matrix of more classes is no picture any more; the pairs that are confused most are told instead.</summary>
    private const int MostClasses = 40;

    private const int MostRows = 20;

    public static Section Of(RunFiles run) => run.Measured is var (split, metrics) ? Of(split.Name, metrics) : new Section("Classes");

    public static Section Of(string part, ClassificationMetrics metrics)
    {
        Block[] confusion = metrics.Classes.Count <= MostClasses
            ? [Counts(metrics), Shares(metrics)]
            : [];
        return new Section($"Classes, on {part} samples", [.. confusion, Figures(metrics), Pairs(metrics), ClassTable(metrics)]);
    }

    private static Heatmap Counts(ClassificationMetrics metrics) => Matrix(metrics) with
    {
        Title = "Confusion, counts",
        Caption = "Rows are true classes, columns are answers. The diagonal, which is right, is left pale, so that mistakes stand out.",
        Cells = Cells(metrics, (row, column) => row == column ? null : metrics.Confusion[row][column], (row, column) => metrics.Confusion[row][column] is > 0 and var count ? count.ToString(CultureInfo.InvariantCulture) : ""),
    };

    private static Heatmap Shares(ClassificationMetrics metrics)
    {
        double? Share(int row, int column) => metrics.Classes[row].Samples == 0 ? null : (double)metrics.Confusion[row][column] / metrics.Classes[row].Samples;
        return Matrix(metrics) with
        {
            Title = "Confusion, shares of each true class",
            Caption = "In percent; each row adds up to 100.",
            ValueTitle = "% of the true class",
            Cells = Cells(metrics, Share, (row, column) => Share(row, column) is > 0 and var share ? (100 * share).ToString(share < 0.1 ? "0.0" : "0", CultureInfo.InvariantCulture) : ""),
        };
    }

    private static Heatmap Matrix(ClassificationMetrics metrics) => new()
    {
        Title = "",
        RowTitle = "true class",
        ColumnTitle = "answer",
        ValueTitle = "samples",
        Cells = [],
        Wide = metrics.Classes.Count > 16,
    };

    private static IReadOnlyList<HeatmapCell> Cells(ClassificationMetrics metrics, Func<int, int, double?> value, Func<int, int, string> text)
    {
        var names = UniqueNames.Of(metrics.Classes.Select(c => c.Label));
        return [.. from row in Enumerable.Range(0, names.Count) from column in Enumerable.Range(0, names.Count) select new HeatmapCell(names[row], names[column], value(row, column), text(row, column))];
    }

    private static BarChart Figures(ClassificationMetrics metrics)
    {
        var names = UniqueNames.Of(metrics.Classes.Select(c => c.Label));
        var shown = metrics.Classes.Zip(names).OrderBy(c => metrics.Classes.Count > MostRows ? c.First.F1 ?? double.PositiveInfinity : 0).Take(MostRows);
        var bars = shown.SelectMany(c => new[] { new Bar(c.Second, "precision", c.First.Precision), new Bar(c.Second, "recall", c.First.Recall), new Bar(c.Second, "F1", c.First.F1) }).ToArray();
        return new BarChart
        {
            Title = "Precision, recall and F1",
            Caption = metrics.Classes.Count > MostRows ? $"The {MostRows} classes of lowest F1, of {metrics.Classes.Count}." : null,
            Category = "class",
            Value = Axis.Share("share"),
            Bars = bars,
        };
    }

    private static Table Pairs(ClassificationMetrics metrics)
    {
        var pairs = metrics.Confusion
            .SelectMany((row, actual) => row.Select((count, answer) => (actual, answer, count)))
            .Where(p => p.actual != p.answer && p.count > 0)
            .OrderByDescending(p => p.count).ThenBy(p => p.actual).ThenBy(p => p.answer)
            .Take(MostRows / 2);
        return new Table(["true class", "answer", "samples", "share of the class"],
        [
            .. pairs.Select(p => (IReadOnlyList<string>)[metrics.Classes[p.actual].Label, metrics.Classes[p.answer].Label, Show.Count(p.count), Show.Percent((double)p.count / metrics.Classes[p.actual].Samples)]),
        ])
        {
            Title = "Confused most often",
            NumbersFrom = 2,
            Wide = false,
        };
    }

    private static Table ClassTable(ClassificationMetrics metrics)
    {
        var shown = metrics.Classes.Count > MostRows ? metrics.Classes.OrderBy(c => c.F1 ?? double.PositiveInfinity).Take(MostRows) : metrics.Classes;
        return new Table(["class", "samples", "precision", "recall", "F1"],
            [.. shown.Select(c => (IReadOnlyList<string>)[c.Label, Show.Count(c.Samples), Show.Percent(c.Precision), Show.Percent(c.Recall), Show.Percent(c.F1)])])
        {
            Title = metrics.Classes.Count > MostRows ? $"The {MostRows} classes of lowest F1" : "Figures by class",
        };
    }
}
