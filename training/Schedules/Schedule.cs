namespace OnnxPipeline.Training.Schedules;

/// <summary>Makes schedules.</summary>
public static class Schedule
{
    /// <param name="options">Which schedule, and its numbers.</param>
    /// <param name="totalSteps">Steps of the whole training, warm-up included; from 1.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch, from 1: options count in epochs.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message lists every problem.</exception>
    /// <exception cref="NotSupportedException">No schedule has these options.</exception>
    public static ISchedule Create(ScheduleOptions options, long totalSteps, long stepsPerEpoch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(totalSteps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerEpoch, 1);
        var problems = ScheduleCheck.Problems(options);
        if (problems.Count > 0) throw new ArgumentException($"{options.GetType().Name}: {string.Join(" ", problems)}", nameof(options));

        var warmup = (long)Math.Min(totalSteps, Math.Round(options.WarmupEpochs * stepsPerEpoch));
        var steps = Math.Max(1, totalSteps - warmup);
        ISchedule schedule = options switch
        {
            ConstantScheduleOptions => new ConstantSchedule(),
            StepScheduleOptions step => new StepSchedule(step, stepsPerEpoch),
            CosineScheduleOptions cosine => new CosineSchedule(cosine, steps),
            OneCycleScheduleOptions cycle => new OneCycleSchedule(cycle, steps),
            LinearScheduleOptions linear => new LinearSchedule(linear, steps),
            InverseSquareRootScheduleOptions root => new InverseSquareRootSchedule(root, stepsPerEpoch),
            ExponentialScheduleOptions exponential => new ExponentialSchedule(exponential, stepsPerEpoch),
            PolynomialScheduleOptions polynomial => new PolynomialSchedule(polynomial, steps),
            CosineRestartsScheduleOptions restarts => new CosineRestartsSchedule(restarts, stepsPerEpoch),
            CyclicScheduleOptions cyclic => new CyclicSchedule(cyclic, stepsPerEpoch),
            PlateauScheduleOptions plateau => new PlateauSchedule(plateau),
            _ => throw new NotSupportedException($"No schedule has options of type {options.GetType().Name}; there are {nameof(ConstantScheduleOptions)}, {nameof(StepScheduleOptions)}, {nameof(CosineScheduleOptions)}, {nameof(OneCycleScheduleOptions)}, {nameof(LinearScheduleOptions)}, {nameof(InverseSquareRootScheduleOptions)}, {nameof(ExponentialScheduleOptions)}, {nameof(PolynomialScheduleOptions)}, {nameof(CosineRestartsScheduleOptions)}, {nameof(CyclicScheduleOptions)} and {nameof(PlateauScheduleOptions)}."),
        };
        return warmup == 0 ? schedule : new Warmup(schedule, warmup);
    }
}
