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
        }
        return problems;

        void Expect(bool holds, string name, string expected, double found)
        {
            if (!holds || !double.IsFinite(found)) problems.Add($"{name}: expected {expected}, found {found}.");
        }
    }
}
