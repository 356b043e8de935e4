using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Zoo;

/// <summary>
/// The model of <see cref="DeepCrossOptions"/>: full-rank cross layers x(l+1) = x(0) ⊙ (W·x(l) + b) + x(l), beside hidden layers,
/// both over embeddings and numbers; their outputs one after the other, then Linear. Source: Wang et al., "DCN V2: improved deep
/// and cross network", 2021 (its parallel form).
/// </summary>
internal static class DeepCrossModel
{
    public static IEnumerable<string> Check(DeepCrossOptions options) =>
        [.. TabularLayers.Check(options), .. OptionCheck.AtLeast("crossLayers", options.CrossLayers, 0)];

    public static GraphValue Layers(GraphBuilder graph, ModelFeatures features, DeepCrossOptions options, int outputs)
    {
        var columns = TabularLayers.Columns(graph, features, options);
        var width = (int)columns.Shape![1].Size!.Value;
        var cross = columns;
        for (var layer = 0; layer < options.CrossLayers; layer++)
        {
            var weights = graph.Linear(cross, width, name: graph.Numbered("cross"));
            cross = graph.Add(graph.Node(Ops.Mul, [columns, weights], name: $"{weights.Name}.product"), cross);
        }
        var deep = TabularLayers.Hidden(graph, columns, options);
        return graph.Linear(graph.Concat([cross, deep]), outputs, name: "head");
    }
}
