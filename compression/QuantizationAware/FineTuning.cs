using OnnxPipeline.Training;
using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.Schedules;

namespace OnnxPipeline.Compression.QuantizationAware;

/// <summary>The options of a model's training as those of its fine-tuning.</summary>
internal static class FineTuning
{
    /// <summary>Shorter and slower, without averaging and early stopping; patterns that name parameters which folding took away are left out.</summary>
    public static TrainOptions Of(TrainOptions train, QuantizationAwareOptions options, Model model)
    {
        string[] names = [.. Trainables.Of(model.Graph).Select(t => t.Name)];
        bool Remains(string pattern) => names.Any(name => NameGlob.Matches(pattern, name));
        return train with
        {
            Epochs = options.Epochs,
            Optimizer = Slower(train.Optimizer, options.LearningRateShare, Remains),
            Schedule = new CosineScheduleOptions(),
            Averaging = null,
            EarlyStopping = null,
            Probes = false,
            Freeze = [.. train.Freeze.Where(Remains)],
            Groups = [.. train.Groups.Where(g => Remains(g.Match))],
        };
    }

    private static OptimizerOptions Slower(OptimizerOptions optimizer, double share, Func<string, bool> remains)
    {
        var slower = optimizer with { LearningRate = optimizer.LearningRate * share };
        return slower is MuonOptions muon
            ? muon with { AdamW = muon.AdamW with { LearningRate = muon.AdamW.LearningRate * share, Match = [.. muon.AdamW.Match.Where(remains)] } }
            : slower;
    }
}
