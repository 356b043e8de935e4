using OnnxPipeline.Pipeline.Sweeps;

namespace OnnxPipeline.Pipeline.Tests.Sweeps;

public sealed class SweepRankingTests
{
    [Fact]
    public void Finished_trials_come_first_by_the_mean_over_their_seeds_then_those_given_up_then_failed_ones()
    {
        TrialRecord[] trials =
        [
            Trial(1, "a", 0.8), Trial(2, "a", 0.9),
            Trial(3, "b", 0.95), Trial(4, "b", null),
            Trial(5, "c", 0.86), Trial(6, "c", 0.86),
            Trial(7, "d", 0.99) with { Status = TrialStatus.Stopped, Budget = 1 },
            Trial(8, "e", 0.5) with { Status = TrialStatus.Stopped, Budget = 3 },
        ];
        var ranked = SweepRanking.Of(trials, new SweepMetric("m", true));
        Assert.Equal(["c", "a", "e", "d", "b"], ranked.Select(p => p.First.Values["x"]));
        Assert.Equal((0.85, 0.0707), (Math.Round(ranked[1].Mean!.Value, 6), Math.Round(ranked[1].Deviation!.Value, 4)));
        Assert.Null(ranked[^1].Mean);
        Assert.Null(ranked[2].Deviation);
        Assert.Equal(["a", "c"], SweepRanking.Of(trials.Take(6), new SweepMetric("m", false)).Take(2).Select(p => p.First.Values["x"]));
    }

    [Theory]
    [InlineData("validation.accuracy", null, true)]
    [InlineData("test.loss", null, false)]
    [InlineData("validation.rmse", null, false)]
    [InlineData("test.macroF1", null, true)]
    [InlineData("validation.accuracy", true, false)]
    [InlineData("anything", false, true)]
    public void A_metrics_direction_is_told_by_its_name_unless_it_is_given(string name, bool? minimize, bool higher) =>
        Assert.Equal(higher, SweepMetric.Of(name, minimize).HigherIsBetter);

    [Fact]
    public void An_unknown_direction_is_asked_for() =>
        Assert.Contains("--minimize", Assert.Throws<UsageException>(() => SweepMetric.Of("test.samples", null)).Message);

    [Theory]
    [InlineData(null, 100, false, 2, 2, 1)]
    [InlineData(null, 100, false, 64, 8, 8)]
    [InlineData(null, 3, false, 16, 3, 5)]
    [InlineData(null, 100, true, 16, 1, 16)]
    [InlineData(4, 100, false, 2, 4, 1)]
    [InlineData(4, 2, true, 8, 2, 4)]
    public void The_cores_are_shared_between_the_trials(int? asked, int runs, bool onDevice, int cores, int trials, int threads) =>
        Assert.Equal(new SweepShare(trials, threads), SweepShare.Of(asked, runs, onDevice, cores));

    private static TrialRecord Trial(int number, string value, double? metric) => new()
    {
        Number = number,
        Values = new Dictionary<string, string> { ["x"] = value },
        Status = metric is null ? TrialStatus.Failed : TrialStatus.Done,
        Metrics = metric is { } m ? new Dictionary<string, double> { ["m"] = m } : new Dictionary<string, double>(),
    };
}
