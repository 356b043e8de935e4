using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Training.Schedules;

namespace OnnxPipeline.Training.Tests.Schedules;

public sealed class ScheduleTests
{
    [Theory]
    [MemberData(nameof(ReferenceSchedule.Names), MemberType = typeof(ReferenceSchedule))]
    public void Factors_are_PyTorchs_learning_rates(string name)
    {
        var reference = ReferenceSchedule.Case(name);
        var schedule = Schedule.Create(reference.ToOptions(), reference.TotalSteps, reference.StepsPerEpoch);

        Assert.Equal(reference.TotalSteps, reference.Factors.Length);
        for (var step = 0; step < reference.Factors.Length; step++)
            Assert.Equal(reference.Factors[step], schedule.Factor(step), 1e-10 * Math.Max(1e-3, reference.Factors[step]));
    }

    [Fact]
    public void On_plateaus_factors_are_PyTorchs_and_do_not_depend_on_what_was_asked_before()
    {
        Assert.NotEmpty(ReferenceSchedule.Plateaus);
        foreach (var reference in ReferenceSchedule.Plateaus)
        {
            var fresh = Schedule.Create(reference.ToOptions() with { WarmupEpochs = 1 }, 1000, 1);
            var chained = fresh;
            for (var epoch = 0; epoch <= reference.Losses.Length; epoch++)
            {
                var losses = reference.Losses[..epoch];
                chained = chained.After(losses);
                Assert.Equal(reference.Factors[epoch], fresh.After(losses).Factor(1), 1e-12);
                Assert.Equal(chained.Factor(1), fresh.After(losses).Factor(1));
                Assert.Equal(reference.Factors[epoch] / 2, chained.Factor(0), 1e-12);
            }
        }
    }

    [Fact]
    public void A_loss_that_is_no_number_is_no_improvement()
    {
        var schedule = Schedule.Create(new PlateauScheduleOptions { Factor = 0.5, Patience = 1 }, 10, 1);
        Assert.Equal(0.5, schedule.After([1, double.NaN, double.NaN]).Factor(0));
        Assert.Equal(0.5, schedule.After([double.NaN, double.NaN, 0.5]).Factor(0));
    }

    [Fact]
    public void Factors_stay_finite_and_within_0_and_1_for_any_length_and_warmup() =>
        Prop.ForAll<PositiveInt, PositiveInt, NonNegativeInt>((total, perEpoch, warmup) =>
            Options(warmup.Get / 7.0).All(options =>
            {
                var schedule = Schedule.Create(options, total.Get, perEpoch.Get);
                return Enumerable.Range(0, total.Get + 3).Select(step => schedule.Factor(step)).All(f => f is >= 0 and <= 1);
            })).QuickCheckThrowOnFailure();

    [Fact]
    public void Warmup_rises_in_equal_increments_to_the_schedules_first_factor() =>
        Prop.ForAll<PositiveInt, PositiveInt>((epochs, perEpoch) => Options(epochs.Get).All(options =>
        {
            var warmup = (long)epochs.Get * perEpoch.Get;
            var schedule = Schedule.Create(options, warmup + 100, perEpoch.Get);
            var first = Schedule.Create(options with { WarmupEpochs = 0 }, 100, perEpoch.Get).Factor(0);
            return Enumerable.Range(0, (int)warmup + 1).All(step => Math.Abs(schedule.Factor(step) - first * (step + 1) / (warmup + 1)) < 1e-12);
        })).QuickCheckThrowOnFailure();

    [Fact]
    public void One_cycle_ends_at_its_lowest_factor_and_stays_there()
    {
        var schedule = Schedule.Create(new OneCycleScheduleOptions { StartDivisor = 10, FinalDivisor = 100 }, 50, 10);

        Assert.Equal(0.1, schedule.Factor(0), 1e-12);
        Assert.Equal(1e-3, schedule.Factor(49), 1e-12);
        Assert.Equal(1e-3, schedule.Factor(70), 1e-12);
    }

    [Fact]
    public void All_wrong_options_are_told_at_once()
    {
        var options = new OneCycleScheduleOptions { RisingShare = 1, StartDivisor = 0, FinalDivisor = double.NaN, WarmupEpochs = -1 };

        var error = Assert.Throws<ArgumentException>(() => Schedule.Create(options, 10, 10));

        Assert.Equal(4, ScheduleCheck.Problems(options).Count);
        Assert.All(new[] { "RisingShare", "StartDivisor", "FinalDivisor", "WarmupEpochs" }, name => Assert.Contains(name, error.Message));
    }

    [Fact]
    public void Wrong_options_of_each_further_schedule_are_told()
    {
        Assert.Contains("FinalFactor", Assert.Single(ScheduleCheck.Problems(new LinearScheduleOptions { FinalFactor = -1 })));
        Assert.Contains("TimescaleEpochs", Assert.Single(ScheduleCheck.Problems(new InverseSquareRootScheduleOptions { TimescaleEpochs = 0 })));
        Assert.Contains("Gamma", Assert.Single(ScheduleCheck.Problems(new ExponentialScheduleOptions { Gamma = 0 })));
        Assert.Contains("Power", Assert.Single(ScheduleCheck.Problems(new PolynomialScheduleOptions { Power = double.NaN })));
        Assert.Equal(3, ScheduleCheck.Problems(new CyclicScheduleOptions { PeriodEpochs = 0, BaseFactor = -1, Gamma = 0 }).Count);
        Assert.Equal(5, ScheduleCheck.Problems(new PlateauScheduleOptions { Factor = 1, Patience = -1, Threshold = 1, Cooldown = -1, MinFactor = double.NaN }).Count);
        Assert.Equal(3, ScheduleCheck.Problems(new CosineRestartsScheduleOptions { PeriodEpochs = 0, PeriodMultiplier = 0, FinalFactor = -1 }).Count);
    }

    [Fact]
    public void Cosine_restarts_begin_again_at_1_on_the_first_step_of_every_period() =>
        Prop.ForAll<PositiveInt, PositiveInt>((epochs, multiplier) =>
        {
            var options = new CosineRestartsScheduleOptions { PeriodEpochs = epochs.Get, PeriodMultiplier = multiplier.Get };
            var schedule = Schedule.Create(options, 1000, 3);
            var (start, period) = (0L, 3L * epochs.Get);
            for (var i = 0; i < 4; i++, start += period, period *= multiplier.Get)
            {
                if (schedule.Factor(start) != 1 || schedule.Factor(start + period - 1) >= 0.76) return false;
            }
            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Options_of_an_unknown_schedule_list_the_known_ones()
    {
        var error = Assert.Throws<NotSupportedException>(() => Schedule.Create(new UnknownOptions(), 10, 10));

        Assert.Contains(nameof(UnknownOptions), error.Message);
        Assert.Contains(nameof(CosineScheduleOptions), error.Message);
    }

    [Fact]
    public void A_training_without_steps_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Create(new ConstantScheduleOptions(), 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Create(new ConstantScheduleOptions(), 1, 0));
    }

    private static ScheduleOptions[] Options(double warmup) =>
    [
        new ConstantScheduleOptions { WarmupEpochs = warmup },
        new StepScheduleOptions { WarmupEpochs = warmup, EveryEpochs = 0.7 },
        new CosineScheduleOptions { WarmupEpochs = warmup, FinalFactor = 0.01 },
        new OneCycleScheduleOptions { WarmupEpochs = warmup },
        new LinearScheduleOptions { WarmupEpochs = warmup, FinalFactor = 0.01 },
        new InverseSquareRootScheduleOptions { WarmupEpochs = warmup, TimescaleEpochs = 0.3 },
        new ExponentialScheduleOptions { WarmupEpochs = warmup },
        new PolynomialScheduleOptions { WarmupEpochs = warmup, Power = 0.5 },
        new CyclicScheduleOptions { WarmupEpochs = warmup, PeriodEpochs = 0.7, Mode = CyclicMode.Triangular2 },
        new CyclicScheduleOptions { WarmupEpochs = warmup, PeriodEpochs = 1.3, Mode = CyclicMode.ExpRange },
        new PlateauScheduleOptions { WarmupEpochs = warmup },
        new CosineRestartsScheduleOptions { WarmupEpochs = warmup, PeriodEpochs = 0.7, PeriodMultiplier = 2 },
    ];

    private sealed record UnknownOptions : ScheduleOptions;
}
