using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.FineTuning;

/// <summary>Turns what is said of layers into what is said of parameters.</summary>
public static class FineTuning
{
    /// <summary>Training options in which each layer's parameters are frozen or have their own rate and first epoch; those of options without <see cref="TrainOptions.FineTune"/> are themselves.</summary>
    /// <exception cref="TrainingException">A pattern of the options names no parameter.</exception>
    public static TrainOptions For(this TrainOptions options, Model model)
    {
        if (options.FineTune is not { } tuning) return options;
        var layers = LayerOrder.Of(model.Graph);
        string[] names = [.. layers.SelectMany(layer => layer)];
        NameGlob.RequireMatches("train.groups", options.Groups.Select(g => g.Match), names);
        NameGlob.RequireMatches("train.freeze", options.Freeze, names);

        var (freeze, groups) = (options.Freeze.ToList(), new List<GroupOptions>());
        if (tuning.BatchNorm == BatchNormTuning.Frozen) freeze.AddRange(NormParameters(model.Graph).Where(names.Contains).Select(NameGlob.Escape));
        for (var i = 0; i < layers.Count; i++)
        {
            var depth = layers.Count - 1 - i;
            var waits = Math.Max(0, depth + 1 - (tuning.TrainLast ?? layers.Count));
            if (waits > 0 && tuning.UnfreezeEvery is null)
            {
                freeze.AddRange(layers[i].Select(NameGlob.Escape));
                continue;
            }
            var rate = depth == 0 ? tuning.HeadRate : Math.Pow(tuning.LayerDecay, depth);
            foreach (var name in layers[i].Where(name => !NameGlob.AnyMatches(freeze, name)))
            {
                var own = options.Groups.FirstOrDefault(g => NameGlob.Matches(g.Match, name)) ?? new GroupOptions { Match = name };
                groups.Add(own with
                {
                    Match = NameGlob.Escape(name),
                    LearningRate = own.LearningRate * rate,
                    FromEpoch = waits > 0 ? Math.Max(own.FromEpoch ?? 1, (waits * tuning.UnfreezeEvery!.Value) + 1) : own.FromEpoch,
                });
            }
        }
        return options with { FineTune = null, Freeze = freeze, Groups = groups };
    }

    /// <summary>The factors and offsets of batch normalisation.</summary>
    internal static IEnumerable<string> NormParameters(Graph graph) => graph.Nodes.Where(n => n.Is(Ops.BatchNormalization)).SelectMany(n => n.Inputs.Skip(1).Take(2)).Distinct();
}
