namespace OnnxPipeline.Training.Schedules;

/// <summary>Finds what is wrong with schedule options.</summary>
public static class ScheduleCheck
{
    /// <summary>Every problem, as "option: expected, found"; empty when there is none.</summary>
    public static IReadOnlyList<string> Problems(ScheduleOptions options)
    {
        var problems = new List<string>();
        Expect(options.WarmupEpochs >= 0, nameof(options.WarmupEpochs), "a number from 0", options.WarmupEpochs);
        switch (options)
        {
            case StepScheduleOptions step:
                Expect(step.EveryEpochs > 0, nameof(step.EveryEpochs), "a number above 0", step.EveryEpochs);
                Expect(step.Gamma > 0, nameof(step.Gamma), "a number above 0", step.Gamma);
                break;
            case CosineScheduleOptions cosine:
                Expect(cosine.FinalFactor >= 0, nameof(cosine.FinalFactor), "a number from 0", cosine.FinalFactor);
                break;
            case OneCycleScheduleOptions cycle:
                Expect(cycle.RisingShare is > 0 and < 1, nameof(cycle.RisingShare), "a number between 0 and 1", cycle.RisingShare);
                Expect(cycle.StartDivisor > 0, nameof(cycle.StartDivisor), "a number above 0", cycle.StartDivisor);
                Expect(cycle.FinalDivisor > 0, nameof(cycle.FinalDivisor), "a number above 0", cycle.FinalDivisor);
                break;
            case LinearScheduleOptions linear:
                Expect(linear.FinalFactor >= 0, nameof(linear.FinalFactor), "a number from 0", linear.FinalFactor);
                break;
            case InverseSquareRootScheduleOptions root:
                Expect(root.TimescaleEpochs > 0, nameof(root.TimescaleEpochs), "a number above 0", root.TimescaleEpochs);
                break;
            case ExponentialScheduleOptions exponential:
                Expect(exponential.Gamma > 0, nameof(exponential.Gamma), "a number above 0", exponential.Gamma);
                break;
            case PolynomialScheduleOptions polynomial:
                Expect(polynomial.Power > 0, nameof(polynomial.Power), "a number above 0", polynomial.Power);
                break;
            case CosineRestartsScheduleOptions restarts:
                Expect(restarts.PeriodEpochs > 0, nameof(restarts.PeriodEpochs), "a number above 0", restarts.PeriodEpochs);
                Expect(restarts.PeriodMultiplier >= 1, nameof(restarts.PeriodMultiplier), "a whole number from 1", restarts.PeriodMultiplier);
                Expect(restarts.FinalFactor >= 0, nameof(restarts.FinalFactor), "a number from 0", restarts.FinalFactor);
                break;
            case CyclicScheduleOptions cyclic:
                Expect(cyclic.PeriodEpochs > 0, nameof(cyclic.PeriodEpochs), "a number above 0", cyclic.PeriodEpochs);
                Expect(cyclic.BaseFactor >= 0, nameof(cyclic.BaseFactor), "a number from 0", cyclic.BaseFactor);
                Expect(cyclic.Gamma > 0, nameof(cyclic.Gamma), "a number above 0", cyclic.Gamma);
                break;
            case PlateauScheduleOptions plateau:
                Expect(plateau.Factor is > 0 and < 1, nameof(plateau.Factor), "a number between 0 and 1", plateau.Factor);
                Expect(plateau.Patience >= 0, nameof(plateau.Patience), "a whole number from 0", plateau.Patience);
                Expect(plateau.Threshold is >= 0 and < 1, nameof(plateau.Threshold), "a number in [0, 1)", plateau.Threshold);
                Expect(plateau.Cooldown >= 0, nameof(plateau.Cooldown), "a whole number from 0", plateau.Cooldown);
                Expect(plateau.MinFactor >= 0, nameof(plateau.MinFactor), "a number from 0", plateau.MinFactor);
                break;
        }
        return problems;

        void Expect(bool holds, string name, string expected, double found)
        {
            if (!holds || !double.IsFinite(found)) problems.Add($"{name}: expected {expected}, found {found}.");
        }
    }
}
