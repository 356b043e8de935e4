using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Training.Losses;

namespace OnnxPipeline.Compression.Tests.Pruning;

public sealed class OneShotPrunerTests(PruneBench bench) : IClassFixture<PruneBench>
{
    private HeldOutSamples HeldOut => HeldOutSamples.Of(bench.Data, bench.Data.Validation);

    public static TheoryData<PruneMethodOptions> Methods => [new ChannelPruneOptions(), new ChannelPruneOptions { Criterion = ChannelCriterion.Taylor, Scope = PruneScope.Global }, new WeightPruneOptions { Amount = 0.8 }, new PatternPruneOptions()];

    [Theory]
    [MemberData(nameof(Methods))]
    public void It_prunes_as_the_pruner_does_without_fine_tuning(PruneMethodOptions method)
    {
        var expected = new Pruner(new PruneOptions { Method = method }, bench.Setup).Prune(bench.Trained);
        var (model, report) = OneShotPruner.Prune(bench.Trained, method, new OneShotPruneSetup { HeldOut = HeldOut, Training = bench.Data.Train, Loss = new CrossEntropyOptions() });
        Assert.Equal(expected.Model.ToBytes(), model.ToBytes());
        Assert.Equal((expected.Report.Before.Score, expected.Report.After.Score), (report.ScoreBefore, report.ScoreAfter));
        Assert.Equal(expected.Report.Layers, report.Layers);
        Assert.Equal(expected.Report.Declined, report.Declined);
        Assert.Equal((expected.Report.After.Parameters, expected.Report.After.NonZero), (report.After.Parameters, report.After.NonZero));
    }

    [Fact]
    public void A_deployed_model_is_pruned_without_any_samples()
    {
        var exported = Exporter.Export(bench.Trained, new ExportSettings { Labels = bench.Data.Labels }).Model;
        var (model, report) = OneShotPruner.Prune(exported, new ChannelPruneOptions(), new OneShotPruneSetup());
        Assert.True(report.After.Parameters < 0.6 * report.Before.Parameters, $"{report.Before} {report.After}");
        Assert.Null(report.ScoreAfter);
        Assert.Null(ModelComparer.Compare(exported, model, new CompareOptions()).Problem);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(20)]
    public void A_limit_gives_the_largest_amount_that_keeps_it(double maxDrop)
    {
        var setup = new OneShotPruneSetup { HeldOut = HeldOut, MaxDrop = maxDrop };
        var report = OneShotPruner.Prune(bench.Trained, new WeightPruneOptions { Amount = 0.95 }, setup).Report;
        double Drop(double amount) => 100 * (report.ScoreBefore!.Value - OneShotPruner.Prune(bench.Trained, new WeightPruneOptions { Amount = amount }, setup with { MaxDrop = null }).Report.ScoreAfter!.Value);
        Assert.InRange(report.Amount, 0, 0.95);
        Assert.True(100 * (report.ScoreBefore - report.ScoreAfter) <= maxDrop + 1e-9);
        if (report.Amount < 0.95) Assert.True(Drop(report.Amount + 0.095) > maxDrop);
    }

    [Fact]
    public void Where_no_amount_keeps_the_limit_the_model_is_as_it_was()
    {
        // Points that only a better model would gain.
        var (model, report) = OneShotPruner.Prune(bench.Trained, new ChannelPruneOptions { Amount = 0.99 }, new OneShotPruneSetup { HeldOut = HeldOut, MaxDrop = -1000 });
        Assert.Equal((0.0, report.ScoreBefore), (report.Amount, report.ScoreAfter));
        Assert.Same(bench.Trained, model);
    }

    [Fact]
    public void The_scan_prunes_each_layer_alone()
    {
        var report = OneShotPruner.Prune(bench.Trained, new ChannelPruneOptions(), new OneShotPruneSetup { HeldOut = HeldOut, Sensitivity = new SensitivityOptions { Amounts = [0.1, 0.9] } }).Report;
        Assert.Equal(["conv1", "conv2", "linear1"], report.Sensitivity.Select(s => s.Layer));
        Assert.All(report.Sensitivity, s => Assert.InRange(s.Points[0].Score, s.Points[1].Score, 1));
    }

    [Fact]
    public void What_needs_answers_is_refused_without_them()
    {
        string Fails(PruneMethodOptions method, OneShotPruneSetup setup) => Assert.Throws<PruneException>(() => OneShotPruner.Prune(bench.Trained, method, setup)).Message;
        Assert.Contains("answers are known", Fails(new ChannelPruneOptions(), new OneShotPruneSetup { MaxDrop = 1 }), StringComparison.Ordinal);
        Assert.Contains("answers are known", Fails(new ChannelPruneOptions(), new OneShotPruneSetup { Sensitivity = new SensitivityOptions() }), StringComparison.Ordinal);
        Assert.Contains("taylor", Fails(new ChannelPruneOptions { Criterion = ChannelCriterion.Taylor }, new OneShotPruneSetup()), StringComparison.Ordinal);
        Assert.Contains("no lesser amount", Fails(new PatternPruneOptions(), new OneShotPruneSetup { HeldOut = HeldOut, MaxDrop = 1 }), StringComparison.Ordinal);
        Assert.Contains("found 1", Fails(new ChannelPruneOptions { Amount = 1 }, new OneShotPruneSetup()), StringComparison.Ordinal);
    }
}
