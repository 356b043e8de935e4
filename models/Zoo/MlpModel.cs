using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Zoo;

/// <summary>The model of <see cref="MlpOptions"/>: everything as one vector, then (Linear, BatchNorm, activation, Dropout) a hidden layer, then Linear.</summary>
internal static class MlpModel
{
    public static IEnumerable<string> Check(MlpOptions options)
    {
        if (options.Hidden.Any(units => units < 1)) yield return $"hidden layers need at least 1 unit each, but are [{string.Join(", ", options.Hidden)}]";
        if (options.Depth is null != options.Width is null) yield return $"depth and width belong together, but only {(options.Depth is null ? "width" : "depth")} is given";
        if (options.Depth is not null && !options.Hidden.SequenceEqual(new MlpOptions().Hidden)) yield return "depth and width take the place of hidden; give one or the other";
        foreach (var error in OptionCheck.AtLeast("depth", options.Depth ?? 0, 0)) yield return error;
        foreach (var error in OptionCheck.AtLeast("width", options.Width ?? 1, 1)) yield return error;
        foreach (var error in OptionCheck.Rate("dropout", options.Dropout)) yield return error;
    }

    public static WeightInitializer Weights(MlpOptions options, ulong seed) => new(options.Init, options.Activation, seed);

    public static GraphValue Layers(GraphBuilder graph, ModelFeatures features, MlpOptions options, int outputs)
    {
        var x = features.Flat(graph);
        foreach (var units in options.Layers)
        {
            // A bias right before batch normalisation would be taken away again with the mean.
            x = graph.Linear(x, units, bias: !options.BatchNorm || options.BatchNormOrder == Placement.AfterActivation);
            x = Beside(graph, x, options, Placement.BeforeActivation);
            x = Beside(graph, graph.Activate(x, options.Activation), options, Placement.AfterActivation);
        }
        return graph.Linear(x, outputs, name: "head");
    }

    /// <summary>The layers that the options put on this side of the activation.</summary>
    private static GraphValue Beside(GraphBuilder graph, GraphValue x, MlpOptions options, Placement side)
    {
        if (options.BatchNorm && options.BatchNormOrder == side) x = graph.BatchNorm1d(x);
        return options.Dropout > 0 && options.DropoutOrder == side ? graph.Dropout(x, options.Dropout) : x;
    }
}
