using System.Text.Json;
using OnnxPipeline.Pipeline.Reports;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Reports;

[Collection(ReportedRun.Collection)]
public sealed class ReportStageTests(ReportedRun run)
{
    [Fact]
    public void A_run_ends_with_a_page_and_a_model_card_that_escape_what_the_data_are_called()
    {
        Assert.True(run.Ended.Code == Cli.Done, run.Ended.Error);
        var html = File.ReadAllText(run.Latest(RunReport.FileName));
        Assert.DoesNotContain("<img src=x", html);
        Assert.DoesNotContain("<b>generated", html);
        if (VegaLibrary.Embedded is not null)
            Assert.Superset(new HashSet<string?> { "Loss", "Accuracy", "Learning rate", "Throughput", "Confusion, counts", "Reliability", "t-SNE", "Weights before and after training" }, Titles(html).ToHashSet());
        Assert.Contains("data:image/png;base64,", html);

        var card = File.ReadAllText(run.Latest(ModelCard.FileName));
        Assert.Contains("## Intended use", card);
        Assert.DoesNotContain("<img src=x", card.Replace(@"\<", "", StringComparison.Ordinal));
        Assert.Contains(@"\| piped", card);
    }

    [Fact]
    public async Task The_same_inputs_give_the_same_page()
    {
        var before = File.ReadAllText(run.Latest(RunReport.FileName));
        Assert.Equal(Cli.Done, (await run.RunAsync("--set", "train.optimizer.learningRate=0.1", "--force", "report")).Code);
        Assert.Equal(before, File.ReadAllText(run.Latest(RunReport.FileName)));
    }

    [Fact]
    public async Task Figures_of_calibration_and_ROC_are_in_the_metrics_and_every_probability_beside_them()
    {
        await run.RunAsync("--set", "train.optimizer.learningRate=0.1");
        using var metrics = JsonDocument.Parse(File.ReadAllBytes(run.Latest("metrics.json")));
        var test = metrics.RootElement.GetProperty("test");
        Assert.InRange(test.GetProperty("auc").GetDouble(), 0.5, 1);
        Assert.Equal(90, test.GetProperty("calibration").GetProperty("bins").EnumerateArray().Sum(b => b.GetProperty("samples").GetInt64()));
        Assert.InRange(test.GetProperty("roc").EnumerateArray().Sum(c => c.GetProperty("points").GetArrayLength()), 6, 300);
        Assert.All(Directory.EnumerateFiles(Path.Combine(run.Folder, "artifacts", "store"), "predictions.test.f32", SearchOption.AllDirectories), f => Assert.Equal(90 * 3 * sizeof(float), new FileInfo(f).Length));
    }

    [Fact]
    public async Task Training_again_makes_the_same_artifact_though_it_takes_another_time()
    {
        var options = new[] { "--set", "train.optimizer.learningRate=0.03" };
        await run.RunAsync(options);
        var first = Hash();
        await run.RunAsync([.. options, "--force", "train"]);
        Assert.Equal(first, Hash());

        string? Hash()
        {
            using var record = JsonDocument.Parse(File.ReadAllBytes(run.Latest("run.json")));
            return record.RootElement.GetProperty("stages").EnumerateArray().Single(s => s.GetProperty("name").GetString() == "train").GetProperty("hash").GetString();
        }
    }

    [Fact]
    public async Task Without_validation_samples_a_page_is_made_of_what_there_is()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("small.yaml"), "{name: small, data: {validation: 0}, model: {name: mlp, hidden: []}, train: {epochs: 1, batchSize: 16}}");
        var (code, _, error) = await CommandLine.RunAsync(ReportedRun.Services(folder.Path), "run", "small.yaml");
        Assert.True(code == Cli.Done, error);
        Assert.Contains("test accuracy", File.ReadAllText(folder.File("artifacts/latest/report.html")));
    }

    [Fact]
    public async Task The_report_command_makes_a_runs_page_anew_and_compares_runs()
    {
        var ids = Directory.EnumerateDirectories(Path.Combine(run.Folder, "artifacts", "runs")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal).Take(2).ToArray();
        var (code, output, error) = await CommandLine.RunAsync(run.Folder, "report", ids[0]);
        Assert.True(code == Cli.Done, error);
        Assert.Contains($"run {ids[0]}, begun", File.ReadAllText(output.TrimEnd()));

        Assert.Equal(Cli.Done, (await CommandLine.RunAsync(run.Folder, "report", ids[0], ids[1], "--out", "both.html")).Code);
        var both = File.ReadAllText(Path.Combine(run.Folder, "both.html"));
        Assert.Contains("2 runs compared", both);
        Assert.Matches(@"train\.optimizer\.learningRate</td><td class=""number"">0\.02</td><td class=""number"">0\.1</td>", both);
        if (VegaLibrary.Embedded is not null) Assert.Contains("Validation loss", Titles(both));
    }

    [Theory]
    [InlineData("report", "Required argument")]
    [InlineData("report absent", "There is no run 'absent'")]
    public async Task A_run_that_is_not_there_is_bad_usage(string line, string expected)
    {
        var (code, _, error) = await CommandLine.RunAsync(run.Folder, line.Split(' '));
        Assert.Equal(Cli.BadUsage, code);
        Assert.Contains(expected, error);
    }

    private static IEnumerable<string?> Titles(string html) => System.Text.RegularExpressions.Regex.Matches(html, "<div class=\"chart\"[^>]*aria-label=\"([^\"]*)\"").Select(m => m.Groups[1].Value);
}
