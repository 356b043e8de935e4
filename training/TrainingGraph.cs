using OnnxPipeline.Models.Shapes;
using OnnxPipeline.Training.Autodiff;
using OnnxPipeline.Training.Losses;
using OnnxPipeline.Training.Lowering;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training;

/// <summary>A weight that training changes: an input of the training graph, whose gradient is an output of it.</summary>
public sealed record TrainedParameter(string Name, IReadOnlyList<long> Dims, string Gradient)
{
    /// <summary>Whether weight decay applies: to matrices and kernels, not to biases and normalisation.</summary>
    public bool Decays => Dims.Count >= 2;

    public int Length => checked((int)Dims.Aggregate(1L, (product, dim) => checked(product * dim)));
}

/// <summary>
/// One ONNX graph for a whole training step: features, labels and weights go in; the loss (summed over the batch), the output
/// and a gradient for each weight come out. Made of standard operators and a few of ONNX Runtime's own, it runs on any provider.
/// </summary>
public sealed class TrainingGraph
{
    /// <summary>The input with the class of each sample, int64 [batch], or its value, float [batch].</summary>
    public const string Labels = "labels";

    /// <summary>Where samples are mixed of two, the class of the other one.</summary>
    public const string SecondLabels = "labels.second";

    /// <summary>Where samples are mixed, how much of each is the first one: float [batch] from 0 to 1.</summary>
    public const string LabelWeights = "labels.weight";

    /// <summary>The scalar input the gradients are scaled by: 1/batch makes them those of the mean loss.</summary>
    public const string LossGradient = "loss.gradient";

    private TrainingGraph(Model model, IReadOnlyList<TrainedParameter> parameters)
    {
        Model = model;
        Parameters = parameters;
    }

    public Model Model { get; }

    public IReadOnlyList<TrainedParameter> Parameters { get; }

    public IReadOnlyList<RunningStatistic> Statistics { get; private init; } = [];

    public IReadOnlyList<DropoutMask> Masks { get; private init; } = [];

    public required string Loss { get; init; }

    /// <summary>The model's output: logits or predictions, [batch, width].</summary>
    public required string Output { get; init; }

    public required long OutputWidth { get; init; }

    /// <summary>The model's own inputs: what a batch must bring besides labels.</summary>
    public required IReadOnlyList<Value> Features { get; init; }

    /// <summary>Builds the training graph of a model; the model itself is left as it is.</summary>
    /// <param name="source">A model with one output, [batch, width].</param>
    /// <param name="loss">The loss; null for softmax cross-entropy.</param>
    /// <param name="mixed">Whether every sample has two labels and a weight of the first.</param>
    /// <param name="freeze">Patterns of the weights that keep their values: they get no gradient and stay constants of the graph.</param>
    /// <param name="winograd">Whether convolutions whose products on ONNX Runtime's CPU kernels are quicker in Winograd's form take it.</param>
    /// <exception cref="TrainingException">The loss cannot be had of the model's output, or there is nothing to train.</exception>
    /// <exception cref="AutodiffException">An op has no gradient.</exception>
    public static TrainingGraph Build(Model source, LossOptions? loss, bool mixed = false, IReadOnlyList<string>? freeze = null, bool winograd = false) =>
        Build(source, loss, mixed, freeze, winograd, Differentiator.AddGradients);

    /// <summary>The same graph without its backward half, for an engine that differentiates by itself: nothing in it computes the gradients that the parameters name.</summary>
    /// <inheritdoc cref="Build(Model, LossOptions?, bool, IReadOnlyList{string}?, bool)"/>
    internal static TrainingGraph BuildForward(Model source, LossOptions? loss, bool mixed, IReadOnlyList<string>? freeze)
    {
        var training = Build(source, loss, mixed, freeze, winograd: false, (model, lossName, trained, _) =>
        {
            Differentiator.ThrowIfObstructed(model, lossName, trained);
            var active = GradientPath.Between(model.Graph, trained, lossName).Active;
            return trained.Where(active.Contains).ToDictionary(name => name, name => $"gradient/{name}");
        });
        training.Model.Graph.Outputs.RemoveAll(o => training.Parameters.Any(p => p.Gradient == o.Name));
        return training;
    }

    /// <summary>Builds the graph with the gradients that <paramref name="differentiate"/> gives of the loss, for those weights that it depends on.</summary>
    private static TrainingGraph Build(Model source, LossOptions? loss, bool mixed, IReadOnlyList<string>? freeze, bool winograd, Func<Model, string, IReadOnlyCollection<string>, string?, IReadOnlyDictionary<string, string>> differentiate)
    {
        var model = source.Clone();
        var graph = model.Graph;
        var head = ModelHead.Of(model);
        var function = Losses.Loss.Create(loss);
        if (string.Join(" ", function.Check(head)) is { Length: > 0 } problems) throw new TrainingException($"The loss does not fit the model: {problems}");
        var features = graph.RequiredInputs.ToArray();
        string[] weights = [.. Trainables.Of(graph).Select(t => t.Name)];
        string[] trained = ParameterGroups.Unfrozen(weights, freeze ?? []);
        if (trained.Length == 0)
            throw new TrainingException("The model has no float weights to train; every initializer is a scalar, a running statistic or an integer.");

        RecurrentLowering.Apply(model);
        PoolBeforeRelu.Apply(model);
        IReadOnlyList<RunningStatistic> statistics = [.. BatchNormLowering.Apply(model, weights.Except(trained).ToHashSet()), .. ObservedRanges.Apply(model)];
        var masks = DropoutLowering.Apply(model);
        if (winograd) WinogradLowering.Apply(model);
        var labels = mixed ? LabelInputs.Mixed : LabelInputs.Single;
        graph.Inputs.AddRange(labels.Declare(function.LabelType));
        graph.Inputs.AddRange(function.ExtraInputs(head));
        graph.Inputs.Add(new Value(LossGradient, ElementType.Float));
        var lossName = function.Append(new GraphWriter(model), head, labels);
        var gradients = differentiate(model, lossName, trained, LossGradient);

        var parameters = new List<TrainedParameter>();
        foreach (var name in trained.Where(gradients.ContainsKey))
        {
            var weight = graph.Initializers[name];
            graph.Initializers.Remove(name);
            if (graph.Input(name) is null) graph.Inputs.Add(new Value(name, weight.Type));
            parameters.Add(new TrainedParameter(name, weight.Dims, gradients[name]));
        }
        graph.ValueInfos.Clear();
        graph.Outputs.Add(new Value(lossName, ElementType.Float));
        graph.Outputs.AddRange(statistics.Select(s => new Value(s.Batch, new TensorType(ElementType.Float, source.Graph.Initializers[s.Running].Shape))));
        AddGradientOutputs(graph, parameters);
        return new TrainingGraph(model, parameters)
        {
            Statistics = statistics,
            Masks = masks,
            Loss = lossName,
            Output = head.Name,
            OutputWidth = head.Width,
            Features = features,
        };
    }

    /// <summary>Two weights can share one gradient value (a sum of both, say); a graph output must be named once.</summary>
    private static void AddGradientOutputs(Graph graph, List<TrainedParameter> parameters)
    {
        var named = graph.Outputs.Select(o => o.Name).ToHashSet();
        for (var i = 0; i < parameters.Count; i++)
        {
            var parameter = parameters[i];
            var output = parameter.Gradient;
            if (named.Contains(output))
            {
                output = $"gradient/{parameter.Name}";
                graph.Nodes.Add(new Node(Ops.Identity, [parameter.Gradient], [output], output));
            }
            named.Add(output);
            graph.Outputs.Add(new Value(output, new TensorType(ElementType.Float, TensorShape.Of(parameter.Dims))));
            parameters[i] = parameter with { Gradient = output };
        }
    }
}
