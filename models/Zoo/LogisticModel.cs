using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Zoo;

/// <summary>The model of <see cref="LogisticOptions"/>: everything as one vector, then Linear.</summary>
internal static class LogisticModel
{
    public static IEnumerable<string> Check(LogisticOptions options) => [];

    public static WeightInitializer Weights(LogisticOptions options, ulong seed) => new(options.Init, Activation.None, seed);

    public static GraphValue Layers(GraphBuilder graph, ModelFeatures features, LogisticOptions options, int outputs) =>
        graph.Linear(features.Flat(graph), outputs, name: "head");
}
