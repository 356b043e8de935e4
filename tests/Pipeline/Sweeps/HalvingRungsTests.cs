using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Pipeline.Sweeps;

namespace OnnxPipeline.Pipeline.Tests.Sweeps;

public sealed class HalvingRungsTests
{
    [Theory]
    [InlineData(27, 27, 3, 1, "27×1 9×3 3×9 1×27")]
    [InlineData(9, 10, 3, 1, "9×2 3×4 1×10")]
    [InlineData(9, 10, 3, 4, "9×4 3×10")]
    [InlineData(100, 4, 2, 1, "100×1 50×2 25×4")]
    [InlineData(2, 50, 3, 1, "2×50")]
    [InlineData(16, 1, 3, 1, "16×1")]
    public void Each_rung_has_eta_times_the_epochs_and_a_share_of_the_trials(int trials, int epochs, int eta, int minEpochs, string expected) =>
        Assert.Equal(expected, string.Join(' ', HalvingRungs.Of(trials, epochs, new HalvingOptions { Eta = eta, MinEpochs = minEpochs }).Select(r => $"{r.Trials}×{r.Epochs}")));

    [Fact]
    public void Rungs_begin_with_all_trials_end_at_the_full_length_and_cost_no_more_than_all_trials_in_full() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(PositiveInt, PositiveInt, PositiveInt, PositiveInt)>(), input =>
        {
            var (trials, epochs, options) = (input.Item1.Get, input.Item2.Get, new HalvingOptions { Eta = input.Item3.Get + 1, MinEpochs = input.Item4.Get });
            var rungs = HalvingRungs.Of(trials, epochs, options);
            return rungs[0].Trials == trials && rungs[^1].Epochs == epochs
                && rungs.Zip(rungs.Skip(1)).All(p => p.First.Epochs < p.Second.Epochs && p.First.Trials > p.Second.Trials && p.Second.Trials >= 1)
                && rungs.Take(rungs.Count - 1).All(r => r.Epochs >= options.MinEpochs);
        }).QuickCheckThrowOnFailure();
}
