using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Zoo;

/// <summary>The model of <see cref="MlpOptions"/>: everything as one vector, then (Linear, BatchNorm, activation, Dropout) a hidden layer, then Linear.</summary>
internal static class MlpModel
{
    public static IEnumerable<string> Check(MlpOptions options)
    {
        if (options.Hidden.Any(units => units < 1)) yield return $"hidden layers need at least 1 unit each, but are [{string.Join(", ", options.Hidden)}]";
        if (options.Dropout is not (>= 0 and < 1)) yield return $"dropout must be in [0, 1), but is {options.Dropout}";
    }

    public static WeightInitializer Weights(MlpOptions options, ulong seed) => new(options.Init, options.Activation, seed);

    public static GraphValue Layers(GraphBuilder graph, ModelFeatures features, MlpOptions options, int outputs)
    {
        var x = features.Flat(graph);
        foreach (var units in options.Hidden)
        {
            // A bias before batch normalisation would be taken away again with the mean.
            x = graph.Linear(x, units, bias: !options.BatchNorm);
            if (options.BatchNorm) x = graph.BatchNorm1d(x);
            x = graph.Activate(x, options.Activation);
            if (options.Dropout > 0) x = graph.Dropout(x, options.Dropout);
        }
        return graph.Linear(x, outputs, name: "head");
    }
}
