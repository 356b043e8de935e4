namespace OnnxPipeline.Training.Optimizers;

/// <summary>Which parameters are trained, and how each of them is.</summary>
internal static class ParameterGroups
{
    /// <summary>The names that no pattern freezes.</summary>
    /// <exception cref="TrainingException">A pattern matches no name, or nothing is left to train.</exception>
    public static string[] Unfrozen(string[] names, IReadOnlyList<string> freeze)
    {
        NameGlob.RequireMatches("train.freeze", freeze, names);
        string[] unfrozen = [.. names.Where(name => !NameGlob.AnyMatches(freeze, name))];
        if (unfrozen.Length == 0 && names.Length > 0) throw new TrainingException("train.freeze: every parameter of the model is frozen; leave at least one to train.");
        return unfrozen;
    }

    /// <summary>What the optimizer has to know of each parameter; the first group that matches it decides.</summary>
    /// <exception cref="TrainingException">A pattern matches no parameter.</exception>
    public static ParameterInfo[] Of(IReadOnlyList<TrainedParameter> parameters, TrainOptions options)
    {
        string[] names = [.. parameters.Select(p => p.Name)];
        NameGlob.RequireMatches("train.groups", options.Groups.Select(g => g.Match), names);
        if (options.Optimizer is MuonOptions muon) NameGlob.RequireMatches("train.optimizer.adamW.match", muon.AdamW.Match, names);
        return [.. parameters.Select(p => Of(p, options.Groups.FirstOrDefault(g => NameGlob.Matches(g.Match, p.Name))))];
    }

    private static ParameterInfo Of(TrainedParameter parameter, GroupOptions? group) => new(parameter.Name, parameter.Length, parameter.Decays)
    {
        Rows = parameter.Dims.Count >= 2 ? checked((int)parameter.Dims[0]) : 0,
        RateFactor = group?.LearningRate ?? 1,
        WeightDecay = group?.WeightDecay,
        FromEpoch = group?.FromEpoch,
        UntilEpoch = group?.UntilEpoch,
    };
}
