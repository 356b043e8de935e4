using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Training.Losses;

/// <summary>What a loss reads of a model: its one output, Float[batch, width].</summary>
internal sealed record ModelHead(string Name, long Width)
{
    /// <exception cref="TrainingException">The model has several outputs, or one of another form.</exception>
    public static ModelHead Of(Model model)
    {
        if (model.Graph.Outputs is not [var output])
            throw new TrainingException($"A model to train has one output, the logits or the prediction; this one has {model.Graph.Outputs.Count}: {string.Join(", ", model.Graph.Outputs.Select(o => o.Name))}.");
        var type = ShapeInference.Infer(model).TryGetValue(output.Name, out var inferred) ? inferred : output.Type;
        if (type is not { Element: ElementType.Float, Shape: { Rank: 2 } shape } || shape[1].Size is not { } width)
            throw new TrainingException($"The output '{output.Name}' must be logits or a prediction, Float[batch,classes] with a known number of classes; it is {type?.ToString() ?? "of unknown type"}.");
        return new ModelHead(output.Name, width);
    }
}
