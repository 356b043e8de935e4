using OnnxPipeline.Training.Diagnostics;

namespace OnnxPipeline.Training.Tests.Diagnostics;

public sealed class LearningRateFinderTests
{
    private static readonly LearningRateFinderOptions Options = new() { MinRate = 1e-6, MaxRate = 1, Steps = 61, Smoothing = 0 };

    [Fact]
    public void The_rate_rises_by_the_same_factor_every_step_from_the_lowest_to_the_highest()
    {
        var rates = new List<double>();
        var curve = LearningRateFinder.Find(Options, (number, rate) =>
        {
            Assert.Equal(rates.Count + 1, number);
            rates.Add(rate);
            return 1;
        });
        Assert.Equal(61, curve.Points.Count);
        Assert.Equal(1e-6, rates[0], 1e-18);
        Assert.Equal(1, rates[^1], 1e-12);
        Assert.All(rates.Zip(rates.Skip(1)), p => Assert.Equal(Math.Pow(10, 0.1), p.Second / p.First, 1e-9));
        Assert.False(curve.Diverged);
    }

    [Fact]
    public void The_smoothed_loss_of_a_constant_is_that_constant_from_the_first_step()
    {
        var curve = LearningRateFinder.Find(Options with { Smoothing = 0.98 }, (_, _) => 2.5);
        Assert.All(curve.Points, p => Assert.Equal(2.5, p.SmoothedLoss, 1e-12));
        Assert.Null(curve.SteepestDescent);
        Assert.Null(curve.MinimumTenth);
    }

    [Fact]
    public void The_smoothed_loss_is_the_bias_corrected_exponential_mean()
    {
        var curve = LearningRateFinder.Find(Options with { Smoothing = 0.5 }, (number, _) => number);
        // (0.5·3 + 0.25·2 + 0.125·1) / (1 − 0.125)
        Assert.Equal(2.125 / 0.875, curve.Points[2].SmoothedLoss, 1e-12);
    }

    [Fact]
    public void A_known_curve_gives_its_steepest_point_and_a_tenth_of_its_minimum()
    {
        // A logistic fall around 10⁻³ in log10(rate), and a rise from 10⁻¹ on.
        static double Loss(double rate)
        {
            var x = Math.Log10(rate);
            return 1 / (1 + Math.Exp(4 * (x + 3))) + 0.2 + Math.Max(0, x + 1);
        }
        var curve = LearningRateFinder.Find(Options, (_, rate) => Loss(rate));
        Assert.InRange(curve.SteepestDescent!.Value, 0.9e-3, 1.1e-3);
        Assert.InRange(curve.MinimumTenth!.Value, 0.9e-2, 1.1e-2);
        Assert.True(curve.Diverged);
        Assert.True(curve.Points.Count < Options.Steps);
    }

    [Fact]
    public void A_loss_that_leaves_the_numbers_ends_the_test_without_a_point()
    {
        var curve = LearningRateFinder.Find(Options, (number, _) => number == 30 ? throw new NonFiniteLossException(number, double.NaN, null) : 1);
        Assert.Equal((29, true), (curve.Points.Count, curve.Diverged));
        Assert.Equal((20, true), LearningRateFinder.Find(Options, (number, _) => number > 20 ? double.NaN : 1) is var other ? (other.Points.Count, other.Diverged) : default);
        Assert.Null(LearningRateFinder.Find(Options, (_, _) => double.NaN).SteepestDescent);
    }

    [Fact]
    public void Every_bad_option_is_named()
    {
        var error = Assert.Throws<ArgumentException>(() => LearningRateFinder.Find(new LearningRateFinderOptions { MinRate = 0, MaxRate = -1, Steps = 2, Smoothing = 1, Divergence = 1 }, (_, _) => 1));
        Assert.All(["lowest rate is 0", "highest rate is -1", "steps is 2", "smoothing is 1", "divergence is 1"], fault => Assert.Contains(fault, error.Message));
    }
}
