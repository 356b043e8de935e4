using OnnxPipeline.Models;
using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Benchmarks.Subjects;

/// <summary>The MLP 784-128-64-10 in training's form.</summary>
internal static class SmallMlp
{
    public const int Features = 784;
    public const int Classes = 10;

    public static Model Build()
    {
        var graph = new GraphBuilder("mlp");
        var x = graph.Input("x", ElementType.Float, "batch", Features);
        foreach (var width in new[] { 128, 64 }) x = graph.Relu(graph.Linear(x, width));
        graph.Output(graph.Linear(x, Classes), "logits");
        return graph.Build();
    }
}
