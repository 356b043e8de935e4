using OnnxPipeline.Training.Diagnostics;
using OnnxPipeline.Pipeline.Reports;
using OnnxPipeline.Pipeline.Reports.Charts;
using OnnxPipeline.Pipeline.Reports.Sections;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Reports;

/// <summary>Pages opened in a browser: every chart has marks, nothing is complained of, nothing is asked for.</summary>
[Collection(ReportedRun.Collection)]
public sealed class RenderingTests(ReportedRun run, SharedBrowser browser)
{
    private const int Phone = 380;

    /// <summary>A chart is drawn when its SVG has a mark: a path or a text that is not an axis's or a legend's.</summary>
    private const string Bare = """
        () => [...document.querySelectorAll('[data-spec]')]
          .filter(e => !e.querySelector('svg .mark-line path[d], svg .mark-symbol path[d], svg .mark-rect path[d]:not(.background), svg .mark-text text'))
          .map(e => e.getAttribute('aria-label') + ': ' + e.textContent)
        """;

    [ChromiumFact]
    public Task A_runs_page_draws_every_chart() => LookAsync(run.Latest(RunReport.FileName), 10);

    [ChromiumFact]
    public async Task A_comparison_draws_every_chart()
    {
        var ids = Directory.EnumerateDirectories(Path.Combine(run.Folder, "artifacts", "runs")).Select(f => Path.GetFileName(f)).Take(2);
        Assert.Equal(Cli.Done, (await CommandLine.RunAsync(run.Folder, ["report", .. ids, "--out", "compared.html"])).Code);
        await LookAsync(Path.Combine(run.Folder, "compared.html"), 5);
    }

    [ChromiumFact]
    public Task A_sweep_draws_every_chart()
    {
        var path = Path.Combine(run.Folder, "sweep.html");
        SweepReport.Write(SweepReportTests.Grid(), path);
        return LookAsync(path, 8);
    }

    [ChromiumFact]
    public async Task The_page_of_a_function_of_one_or_two_variables_draws_every_chart()
    {
        foreach (var (name, expression, start) in new[] { ("surface", "x^2 + y^2 + x*(y + 2) + cos(3*x)", "{x: 3, y: 2}"), ("holes", "log(x)^2 + y^2", "{x: 0.3, y: 1}"), ("curve", "x^2 + cos(3*x)", "{x: 3}"), ("flat", "0*x + y*0", "{x: 1, y: 1}") })
        {
            var recipe = Path.Combine(run.Folder, $"{name}.yaml");
            File.WriteAllText(recipe, $"name: {name}\nfunction: {{expression: {expression}, start: {start}, steps: 40}}\n");
            Assert.Equal(Cli.Done, (await CommandLine.RunAsync(run.Folder, ["run", recipe, "--artifacts", name])).Code);
            await LookAsync(Path.Combine(run.Folder, name, "latest", RunReport.FileName), 3, name == "flat" ? "error" : null);
        }
    }

    [ChromiumFact]
    public Task Charts_that_few_runs_have_are_drawn_and_broken_numbers_leave_gaps()
    {
        var path = Path.Combine(run.Folder, "gallery.html");
        Bar[] bars = [new("a", "x", 0.5), new("a", "y", null), new(ReportedRun.Hostile, "x", double.NaN)];
        var page = new Page("gallery", "of charts", [],
        [
            LearningRateFinderSection.Of(new LearningRateCurve([new(1e-6, 2.3, 2.3), new(1e-3, 1.2, 1.5), new(1, double.NaN, double.PositiveInfinity)], Diverged: true)),
            ProbesSection.Of([new("output std", "first", [(1, 1), (2, 1.5)]), new("output std", "second", [(1, double.NaN), (2, 1)]), new("gradient", "first", [(1, 1e-9), (2, 1e-8)])]),
            new Section("Others",
                new ScatterChart { Title = "boundary", X = new("x"), Y = new("y"), Groups = ["a", ReportedRun.Hostile], Points = [new(0, 0, "a"), new(1, double.NaN, "a"), new(1, 1, ReportedRun.Hostile)], Ground = [new(0, 0, 1, 1, "a", 0.4)] },
                new BarChart { Title = "bars", Category = "class", Value = Axis.Share("share"), Bars = bars },
                new LineChart { Title = "ROC", X = Axis.Share("fpr"), Y = Axis.Share("tpr"), Series = [new("a", [(0, 0), (0.2, 0.9), (1, 1)])], Callouts = [new(0.2, 0.9, "threshold 0.5")], Diagonal = true },
                new LineChart { Title = "nothing but gaps", X = Axis.Epoch, Y = new("loss"), Series = [new("a", [(1, double.NaN), (2, null)])], Callouts = [new(1, null, "best")] }),
        ]);
        File.WriteAllText(path, PageWriter.Write(page, VegaLibrary.Embedded));
        // Vega warns where a chart has no finite number at all; it draws it without.
        return LookAsync(path, 6, "error");
    }

    /// <param name="path">The page.</param>
    /// <param name="leastCharts">At least so many charts are on it.</param>
    /// <param name="complaint">The kind of console message that must not be; null for any.</param>
    private Task LookAsync(string path, int leastCharts, string? complaint = null) => browser.UseAsync(async page =>
    {
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (complaint is null || message.Type == complaint) complaints.Add($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => complaints.Add(error);
        page.Dialog += (_, dialog) => complaints.Add($"dialog: {dialog.Message}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("file:", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal)) complaints.Add($"asked for {request.Url}");
        };
        await page.GotoAsync(new Uri(path).AbsoluteUri);
        await page.WaitForFunctionAsync("() => 'ready' in document.documentElement.dataset");

        Assert.InRange(await page.Locator("[data-spec]").CountAsync(), leastCharts, 100);
        Assert.Empty(await page.EvaluateAsync<string[]>(Bare));
        Assert.Empty(complaints);

        // On a phone nothing but tables and listings scrolls sideways, in boxes of their own.
        await page.SetViewportSizeAsync(Phone, 800);
        Assert.InRange(await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"), 1, Phone);
    });
}
