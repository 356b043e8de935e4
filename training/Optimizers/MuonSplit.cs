namespace OnnxPipeline.Training.Optimizers;

/// <summary>Which parameters are Muon's own, and which it leaves to AdamW.</summary>
internal static class MuonSplit
{
    /// <summary>The options that train a parameter, and the parameter as they see it: AdamW's rate is a factor on the one a step gives.</summary>
    public static (OptimizerOptions Options, ParameterInfo Parameter) Resolve(OptimizerOptions options, ParameterInfo parameter) =>
        options is not MuonOptions muon || parameter.Rows > 0 && !NameGlob.AnyMatches(muon.AdamW.Match, parameter.Name)
            ? (options, parameter)
            : (AdamW(muon), parameter with { RateFactor = parameter.RateFactor * muon.AdamW.LearningRate / muon.LearningRate });

    public static AdamWOptions AdamW(MuonOptions muon) => new()
    {
        LearningRate = muon.AdamW.LearningRate,
        Beta1 = muon.AdamW.Beta1,
        Beta2 = muon.AdamW.Beta2,
        Epsilon = muon.AdamW.Epsilon,
        WeightDecay = muon.AdamW.WeightDecay,
    };
}
