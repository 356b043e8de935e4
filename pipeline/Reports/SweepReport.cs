using System.Globalization;
using OnnxPipeline.Pipeline.Reports.Charts;
using OnnxPipeline.Pipeline.Reports.Sections;
using OnnxPipeline.Pipeline.Sweeps;
using OnnxPipeline.Training.Loop;

namespace OnnxPipeline.Pipeline.Reports;

/// <summary>The page of a sweep: which values of the options that vary gave which result.</summary>
internal static class SweepReport
{
    /// <summary>So many curves can still be told apart.</summary>
    private const int MostCurves = 12;

    private const string None = "–";

    /// <summary>Writes the page to a file.</summary>
    public static void Write(SweepRecord sweep, string path) => File.WriteAllText(path, PageWriter.Write(Of(sweep), VegaLibrary.Embedded));

    public static Page Of(SweepRecord sweep)
    {
        var view = new SweepView(sweep);
        return new Page($"{sweep.Recipe}: sweep over {string.Join(", ", sweep.Parameters.Select(SweepView.Short))}", $"{sweep.Trials.Count} trials, ranked by {sweep.Metric}, {(sweep.HigherIsBetter ? "higher" : "lower")} is better; {sweep.Id}",
            Headline(view),
            [
                new Section("Results", [.. Relations(view), .. Maps(view), Trials(view)]),
                new Section("Learning curves", Curves(view)),
                new Section("Trials that did not finish", Unfinished(view)),
            ]);
    }

    private static IReadOnlyList<Figure> Headline(SweepView view) =>
    [
        .. view.Ranked is [var best, ..] ? [new(Show.Number(view.Metric(best)), $"best {view.Sweep.Metric}", view.Values(best))] : (IReadOnlyList<Figure>)[],
        .. view.Ranked.Count > 1 ? [new(Show.Number(view.Metric(view.Ranked[^1])), $"worst {view.Sweep.Metric}", view.Values(view.Ranked[^1]))] : (IReadOnlyList<Figure>)[],
        new(Show.Count(view.Sweep.Trials.Count(t => t.Status == TrialStatus.Done)), "trials done", $"of {Show.Count(view.Sweep.Trials.Count)}"),
        new(Show.Duration(view.Sweep.Trials.Sum(t => t.Seconds)), "time in all trials"),
    ];

    private static Table Trials(SweepView view)
    {
        string[] others = [.. view.Ranked.SelectMany(t => t.Metrics.Keys).Distinct().Where(m => m != view.Sweep.Metric && (m.EndsWith("accuracy", StringComparison.Ordinal) || m.EndsWith("loss", StringComparison.Ordinal))).Order(StringComparer.Ordinal)];
        return new Table(["trial", .. view.Sweep.Parameters.Select(SweepView.Short), view.Sweep.Metric, .. others, "accuracy gap", "seconds"],
        [
            .. view.Ranked.Select(t => (IReadOnlyList<string>)
            [
                t.Number.ToString(CultureInfo.InvariantCulture), .. view.Sweep.Parameters.Select(p => SweepView.Value(t, p)), Show.Number(view.Metric(t)),
                .. others.Select(o => t.Metrics.TryGetValue(o, out var value) ? Show.Number(value) : None), Show.Percent(SweepView.Gap(t)), Show.Number(Math.Round(t.Seconds, 1)),
            ]),
        ])
        {
            Title = "Trials, the best first",
            NumbersFrom = 1,
        };
    }

    private static IReadOnlyList<Block> Unfinished(SweepView view)
    {
        var unfinished = view.Sweep.Trials.Where(t => t.Status != TrialStatus.Done).ToArray();
        return unfinished.Length == 0 ? [] : [new Table(["trial", .. view.Sweep.Parameters.Select(SweepView.Short), "status", "why"],
            [.. unfinished.Select(t => (IReadOnlyList<string>)[t.Number.ToString(CultureInfo.InvariantCulture), .. view.Sweep.Parameters.Select(p => SweepView.Value(t, p)), t.Status.ToString().ToLowerInvariant(), t.Reason ?? ""])])
        {
            NumbersFrom = int.MaxValue,
        }];
    }

    /// <summary>The metric, and the accuracy gap, over each parameter that is a number.</summary>
    private static IEnumerable<LineChart> Relations(SweepView view)
    {
        foreach (var parameter in view.Sweep.Parameters)
        {
            if (!view.IsNumeric(parameter)) continue;
            if (Relation(view, parameter, view.Sweep.Metric, t => view.Metric(t)) is { } relation) yield return relation;
            if (Relation(view, parameter, "accuracy gap", SweepView.Gap) is { } gap) yield return gap with { Caption = "Training accuracy less validation accuracy, at the last epoch: how much is learnt by heart." };
        }
    }

    private static LineChart? Relation(SweepView view, string parameter, string name, Func<TrialRecord, double?> figure)
    {
        var others = view.Sweep.Parameters.Where(p => p != parameter).ToArray();
        var series = view.Sweep.Trials.Where(t => figure(t) is not null)
            .GroupBy(t => string.Join(", ", others.Select(p => $"{SweepView.Short(p)} {SweepView.Value(t, p)}")))
            .Take(MostCurves)
            .Select(group => new Series(group.Key.Length == 0 ? name : group.Key, [.. group.Select(t => (SweepView.Number(t, parameter)!.Value, figure(t))).OrderBy(p => p.Value)]))
            .ToArray();
        return series.Length == 0 ? null : new LineChart { Title = $"{name} over {SweepView.Short(parameter)}", X = view.AxisOf(parameter), Y = new(name) { Format = "~g" }, Series = series };
    }

    /// <summary>Two parameters against each other, for every pair where each of both has several values.</summary>
    private static IEnumerable<Heatmap> Maps(SweepView view)
    {
        string[] parameters = [.. view.Sweep.Parameters.Where(p => view.Sweep.Trials.Select(t => SweepView.Value(t, p)).Distinct().Count() is > 1 and <= 2 * MostCurves)];
        for (var i = 0; i < parameters.Length; i++)
            for (var j = i + 1; j < parameters.Length; j++) yield return Map(view, parameters[i], parameters[j]);
    }

    private static Heatmap Map(SweepView view, string row, string column)
    {
        var cells = from r in view.Distinct(row)
                    from c in view.Distinct(column)
                    let values = view.Sweep.Trials.Where(t => SweepView.Value(t, row) == r && SweepView.Value(t, column) == c).Select(t => view.Metric(t)).OfType<double>().ToArray()
                    let best = values.Length == 0 ? (double?)null : view.Sweep.HigherIsBetter ? values.Max() : values.Min()
                    select new HeatmapCell(r, c, best, best?.ToString("G4", CultureInfo.InvariantCulture) ?? "");
        return new Heatmap { Title = $"{view.Sweep.Metric} by {SweepView.Short(row)} and {SweepView.Short(column)}", Caption = view.Sweep.Parameters.Count > 2 ? "The best of the trials with both values." : null, RowTitle = SweepView.Short(row), ColumnTitle = SweepView.Short(column), ValueTitle = view.Sweep.Metric, Cells = [.. cells] };
    }

    /// <summary>All trials' curves, or the best ones' where they are many; then panels by parameter.</summary>
    private static List<Block> Curves(SweepView view)
    {
        var shown = view.Ranked.Take(MostCurves).Where(t => t.Epochs.Count > 0).OrderBy(t => t.Number).ToArray();
        var caption = view.Ranked.Count > MostCurves ? $"The best {MostCurves} of {view.Ranked.Count} trials." : null;
        var ordered = view.Sweep.Parameters is [var only] && view.IsNumeric(only);
        if (ordered) shown = [.. shown.OrderBy(t => SweepView.Number(t, view.Sweep.Parameters[0]))];
        var blocks = new List<Block>();
        foreach (var (title, axis, figure) in Figures())
        {
            var series = shown.SelectMany(t => CurvesSection.Lines(t.Epochs, (view.Values(t), figure))).ToArray();
            if (series.Length > 0) blocks.Add(new LineChart { Title = title, Caption = caption, X = Axis.Epoch, Y = axis, Series = series, Ordered = ordered });
        }
        if (shown.Length > 1)
        {
            blocks.Add(new FacetChart
            {
                Title = "Loss, trial by trial",
                Caption = caption,
                X = Axis.Epoch,
                Y = new("loss"),
                Panels = [.. shown.Select(t => new Panel(view.Values(t), CurvesSection.Lines(t.Epochs, ("training", e => e.TrainLoss), ("validation", e => e.ValidationLoss))))],
                Wide = true,
            });
        }
        return blocks;
    }

    private static IEnumerable<(string Title, Axis Axis, Func<EpochMetrics, double?> Figure)> Figures() =>
    [
        ("Validation loss", new("loss"), e => e.ValidationLoss),
        ("Validation accuracy", new("accuracy") { Format = ".1%" }, e => e.ValidationAccuracy),
        ("Training loss", new("loss"), e => e.TrainLoss),
        ("Training accuracy", new("accuracy") { Format = ".1%" }, e => e.TrainAccuracy),
    ];
}
