using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Training;

/// <summary>Finds what a loss needs in a model: one output of logits, [batch, classes].</summary>
internal static class Classifier
{
    public static (string Logits, long Classes) Of(Model model)
    {
        if (model.Graph.Outputs is not [var output])
            throw new TrainingException($"A classifier has one output, the logits; this model has {model.Graph.Outputs.Count}: {string.Join(", ", model.Graph.Outputs.Select(o => o.Name))}.");
        var type = ShapeInference.Infer(model).TryGetValue(output.Name, out var inferred) ? inferred : output.Type;
        if (type is not { Element: ElementType.Float, Shape: { Rank: 2 } shape } || shape[1].Size is not { } classes)
            throw new TrainingException($"The output '{output.Name}' must be logits, Float[batch,classes] with a known number of classes; it is {type?.ToString() ?? "of unknown type"}.");
        return (output.Name, classes);
    }
}
