using OnnxPipeline.Pipeline.Reports;
using OnnxPipeline.Pipeline.Reports.Charts;
using OnnxPipeline.Pipeline.Sweeps;
using OnnxPipeline.Training.Loop;

namespace OnnxPipeline.Pipeline.Tests.Reports;

public sealed class SweepReportTests
{
    private const string Rate = "train.optimizer.learningRate";
    private const string Width = "model.hidden";

    [Fact]
    public void Trials_stand_by_rank_and_a_parameter_over_decades_has_a_logarithmic_axis()
    {
        var page = SweepReport.Of(Grid());
        var table = Blocks<Table>(page).First(t => t.Title == "Trials, the best first");
        Assert.Equal(["1", "3", "0", "2"], table.Rows.Select(r => r[0]));
        var over = Blocks<LineChart>(page).Single(c => c.Title == "validation.accuracy over learningRate");
        Assert.True(over.X.Log);
        Assert.Equal(["hidden [8]", "hidden [16]"], over.Series.Select(s => s.Name));
        Assert.Equal([0.0001, 0.1], over.Series[0].Points.Select(p => p.X));
        Assert.Single(Blocks<Heatmap>(page));
        Assert.Contains(Blocks<LineChart>(page), c => c.Title == "accuracy gap over learningRate");
    }

    [Fact]
    public void A_parameter_of_zero_and_decades_has_an_axis_with_room_for_both()
    {
        var sweep = Grid();
        sweep = sweep with { Trials = [.. sweep.Trials, Trial(4, "0", "[8]", 0.3)] };
        var over = Blocks<LineChart>(SweepReport.Of(sweep)).Single(c => c.Title == "validation.accuracy over learningRate");
        Assert.False(over.X.Log);
        Assert.Equal(0.0001, over.X.LogFrom);
        Assert.Equal([0, 0.0001, 0.1], over.X.Ticks);
        Assert.Contains("symlog", over.X.Encode("x").ToJsonString());
    }

    [Fact]
    public void A_failed_trial_is_told_with_its_reason_and_a_result_that_is_no_number_has_no_rank()
    {
        var sweep = Grid();
        sweep = sweep with { Trials = [.. sweep.Trials, Trial(4, "0.5", "[8]", double.NaN), Trial(5, "9", "[8]", 0) with { Status = TrialStatus.Failed, Reason = "the loss is <not> finite", Metrics = new Dictionary<string, double>(), Epochs = [] }] };
        var html = PageWriter.Write(SweepReport.Of(sweep), null);
        Assert.Contains("the loss is &lt;not&gt; finite", html);
        Assert.Equal(4, Blocks<Table>(SweepReport.Of(sweep)).First().Rows.Count);
    }

    [Fact]
    public void A_sweep_in_which_nothing_finished_has_a_page()
    {
        using var folder = new TempFolder();
        SweepReport.Write(Grid() with { Trials = [] }, folder.File("sweep.html"));
        Assert.Contains("0 trials", File.ReadAllText(folder.File("sweep.html")));
    }

    internal static SweepRecord Grid() => new()
    {
        Id = "sweep-1",
        Recipe = "small",
        Metric = "validation.accuracy",
        HigherIsBetter = true,
        Parameters = [Rate, Width],
        Trials = [Trial(0, "0.1", "[8]", 0.5), Trial(1, "0.0001", "[8]", 0.9), Trial(2, "0.1", "[16]", 0.4), Trial(3, "0.0001", "[16]", 0.8)],
    };

    private static TrialRecord Trial(int number, string rate, string width, double accuracy) => new()
    {
        Number = number,
        Values = new Dictionary<string, string> { [Rate] = rate, [Width] = width },
        Status = TrialStatus.Done,
        Metrics = new Dictionary<string, double> { ["validation.accuracy"] = accuracy, ["test.loss"] = 1 - accuracy },
        Epochs = [new EpochMetrics(1, 10, 0.1, 1, 0.5, 1.1, 0.4), new EpochMetrics(2, 20, 0.1, 0.5, 0.9, 0.7, accuracy)],
        Seconds = 2,
    };

    private static IEnumerable<T> Blocks<T>(Page page) => page.Sections.SelectMany(s => s.Blocks).OfType<T>();
}
