using OnnxPipeline.Models.Metadata.Bundles;
using OnnxPipeline.Training.Autodiff;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Losses;

namespace OnnxPipeline.Training.Bundles;

/// <summary>
/// Makes of a classifier what a device needs to go on training it: graphs for a step and for evaluation in standard ONNX operators,
/// which take weights and optimizer state as inputs and give the next ones; the state to begin with; the model that is deployed, into
/// whose file trained weights are written; and a manifest. The loss is softmax cross-entropy, and dropout is off.
/// </summary>
public static class BundleBuilder
{
    private const string Probabilities = "probabilities";
    private static readonly string[] Reserved = [StepGraph.LearningRate, StepGraph.Loss, StepGraph.Correct, StepGraph.Step, StepGraph.Part, Probabilities, TrainingGraph.Labels, TrainingGraph.LossGradient];

    /// <param name="model">A deployed classifier that takes numbers, or one in training's form, whose output is logits; it is left as it is.</param>
    /// <param name="options">What is trained, and how.</param>
    /// <param name="labels">Class names, by class index; null for those of the model's metadata, or numbers where it has none.</param>
    /// <exception cref="TrainingException">The model cannot be trained so; the message says why.</exception>
    /// <exception cref="AutodiffException">An op has no gradient; all such nodes are listed.</exception>
    /// <exception cref="ArgumentException">An option of the optimizer is out of range.</exception>
    public static Bundle Build(Model model, BundleOptions options, IReadOnlyList<string>? labels = null)
    {
        var source = BundleSource.Of(model, options, labels);
        var names = source.Logits.Graph.Nodes.SelectMany(n => n.Inputs.Concat(n.Outputs)).ToHashSet();
        if (Reserved.Where(names.Contains).ToArray() is { Length: > 0 } taken) throw new TrainingException($"The model has values named {string.Join(", ", taken)}, as graphs of a bundle have too; rename them.");

        var settings = new TrainOptions { Optimizer = options.Optimizer, Accumulate = options.Accumulate, Freeze = TrainedWeights.Freeze(source, options) };
        var training = TrainingGraph.Build(source.Logits, loss: null, freeze: settings.Freeze);
        var update = UpdateGraph.Append(training, source.Logits, settings, []);
        StepGraph.Finish(update.Model, training, settings, completes: true);
        var accumulate = settings.Accumulate > 1 ? GradientSumGraph.Build(training, source.Logits) : null;
        if (accumulate is not null) StepGraph.Finish(accumulate, training, settings, completes: false);
        return BundlePacker.Pack(source, options, new BundleGraphs(training, update, accumulate, Evaluation(source.Logits, training)), Probabilities);
    }

    /// <summary>The model as it is deployed, with its loss; what is trained comes in.</summary>
    private static Model Evaluation(Model logits, TrainingGraph training)
    {
        var model = EvaluationGraph.Build(logits, training, Loss.Create(null));
        model.Graph.Outputs.Clear();
        var writer = new GraphWriter(model);
        StepGraph.AddMeanLoss(writer, EvaluationGraph.Loss);
        StepGraph.AddCorrect(writer, training.Output);
        model.Graph.Nodes.Add(new Node(Ops.Softmax, [training.Output], [Probabilities], Probabilities).Set("axis", 1L));
        model.Graph.Outputs.Add(new Value(Probabilities, ElementType.Float, "batch", training.OutputWidth));
        LogitsModel.RemoveUnneeded(model.Graph);
        StandardOperators.Apply(model);
        model.Metadata.Clear();
        return model;
    }
}

/// <summary>The graphs of a bundle.</summary>
/// <param name="Training">What the first two were made of.</param>
/// <param name="Update">The last batch of a step, with what is carried from step to step.</param>
/// <param name="Accumulate">The batches before it; null where a batch is a step.</param>
/// <param name="Evaluate">Forward alone.</param>
internal sealed record BundleGraphs(TrainingGraph Training, UpdateGraph Update, Model? Accumulate, Model Evaluate);
