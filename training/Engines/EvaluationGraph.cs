using OnnxPipeline.Training.Autodiff;
using OnnxPipeline.Training.Losses;

namespace OnnxPipeline.Training.Engines;

/// <summary>The model in inference mode with its loss, its weights and running statistics being inputs, so that they can be evaluated where they are.</summary>
internal static class EvaluationGraph
{
    /// <summary>The loss output, summed over the batch.</summary>
    public const string Loss = "evaluation.loss";

    public static Model Build(Model source, TrainingGraph training, Loss loss)
    {
        var model = source.Clone();
        var graph = model.Graph;
        graph.Inputs.AddRange(LabelInputs.Single.Declare(loss.LabelType));
        var name = loss.Append(new GraphWriter(model), new ModelHead(training.Output, training.OutputWidth), LabelInputs.Single);
        graph.Nodes.Add(new Node(Ops.Identity, [name], [Loss]));
        graph.Outputs.Add(new Value(Loss, ElementType.Float));
        foreach (var input in training.Parameters.Select(p => p.Name).Concat(training.Statistics.Select(s => s.Running)))
        {
            var initializer = graph.Initializers[input];
            graph.Initializers.Remove(input);
            if (graph.Input(input) is null) graph.Inputs.Add(new Value(input, initializer.Type));
        }
        return model;
    }
}
