namespace OnnxPipeline.Training.Optimizers;

/// <summary>Finds what is wrong with optimizer options.</summary>
public static class OptimizerCheck
{
    /// <summary>Every problem, as "option: expected, found"; empty when there is none. The ranges are PyTorch's, but for RMSprop's alpha, which a running mean needs below 1.</summary>
    public static IReadOnlyList<string> Problems(OptimizerOptions options)
    {
        var problems = new List<string>();
        AtLeastZero(nameof(options.LearningRate), options.LearningRate);
        AtLeastZero(nameof(options.WeightDecay), options.WeightDecay);
        if (options is SgdOptions sgd)
        {
            AtLeastZero(nameof(sgd.Momentum), sgd.Momentum);
            if (sgd is { Nesterov: true, Momentum: 0 }) problems.Add($"{nameof(sgd.Nesterov)}: needs a {nameof(sgd.Momentum)} above 0, which is 0.");
        }
        else if (options is AdamOptions adam)
        {
            Share(nameof(adam.Beta1), adam.Beta1);
            Share(nameof(adam.Beta2), adam.Beta2);
            AtLeastZero(nameof(adam.Epsilon), adam.Epsilon);
        }
        else if (options is AdagradOptions adagrad)
        {
            AtLeastZero(nameof(adagrad.InitialAccumulator), adagrad.InitialAccumulator);
            AtLeastZero(nameof(adagrad.Epsilon), adagrad.Epsilon);
        }
        else if (options is RmsPropOptions rmsProp)
        {
            Share(nameof(rmsProp.Alpha), rmsProp.Alpha);
            AtLeastZero(nameof(rmsProp.Epsilon), rmsProp.Epsilon);
            AtLeastZero(nameof(rmsProp.Momentum), rmsProp.Momentum);
        }
        else if (options is MuonOptions muon)
        {
            if (!(muon.LearningRate > 0)) problems.Add($"{nameof(muon.LearningRate)}: expected a number above 0, which AdamW's is measured against, found {muon.LearningRate}.");
            Share(nameof(muon.Momentum), muon.Momentum);
            if (muon.NewtonSchulzSteps < 1) problems.Add($"{nameof(muon.NewtonSchulzSteps)}: expected a whole number from 1, found {muon.NewtonSchulzSteps}.");
            problems.AddRange(Problems(MuonSplit.AdamW(muon)).Select(p => $"{nameof(muon.AdamW)}.{p}"));
        }
        else if (options is LionOptions lion)
        {
            Share(nameof(lion.Beta1), lion.Beta1);
            Share(nameof(lion.Beta2), lion.Beta2);
        }
        return problems;

        void AtLeastZero(string name, double value)
        {
            if (!(value >= 0 && double.IsFinite(value))) problems.Add($"{name}: expected a number from 0, found {value}.");
        }

        void Share(string name, double value)
        {
            if (!(value is >= 0 and < 1)) problems.Add($"{name}: expected a number in [0, 1), found {value}.");
        }
    }

    /// <exception cref="ArgumentException">The options have problems; the message lists them all.</exception>
    internal static void ThrowIfInvalid(OptimizerOptions options)
    {
        var problems = Problems(options);
        if (problems.Count > 0) throw new ArgumentException($"{options.GetType().Name}: {string.Join(" ", problems)}", nameof(options));
    }
}
