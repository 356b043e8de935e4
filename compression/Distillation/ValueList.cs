using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Compression.Distillation;

/// <summary>The values inside a graph that features can be matched on.</summary>
internal static class ValueList
{
    /// <summary>Float outputs of nodes with a batch and at least one more axis, in graph order.</summary>
    public static IReadOnlyList<(string Name, TensorShape Shape)> Of(Model model)
    {
        var types = ShapeInference.Infer(model);
        return
        [
            .. model.Graph.Nodes.SelectMany(n => n.Outputs)
                .Where(name => types.TryGetValue(name, out var type) && type is { Element: ElementType.Float, Shape.Rank: >= 2 })
                .Select(name => (name, types[name].Shape!)),
        ];
    }

    /// <summary>For example "relu1 [batch,16,28,28], pool1 [batch,16,14,14]".</summary>
    public static string Text(Model model) => string.Join(", ", Of(model).Select(v => $"{v.Name} {v.Shape}"));
}
