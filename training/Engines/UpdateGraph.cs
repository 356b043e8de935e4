using OnnxPipeline.Training.Autodiff;
using OnnxPipeline.Training.Lowering;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.Engines;

/// <summary>A tensor that a step reads under one name and gives anew under another.</summary>
internal sealed record CarriedTensor(string Input, string Output, string StateName, Initializer Initial);

/// <summary>A training graph that also computes the next weights, optimizer state and running statistics.</summary>
internal sealed class UpdateGraph
{
    /// <summary>The output with the L2 norm of all gradients, before clipping.</summary>
    public const string GradientNorm = "gradient.norm";

    private readonly GraphOptimizer _optimizer;

    private UpdateGraph(Model model, GraphOptimizer optimizer, IReadOnlyList<CarriedTensor> carried)
    {
        Model = model;
        _optimizer = optimizer;
        Carried = carried;
    }

    public Model Model { get; }

    public IReadOnlyList<CarriedTensor> Carried { get; }

    /// <summary>Appends the update to a copy of the training graph; the gradients themselves are no outputs of it.</summary>
    public static UpdateGraph Append(TrainingGraph training, Model source, TrainOptions options)
    {
        var model = training.Model.Clone();
        var graph = model.Graph;
        string[] kept = [training.Loss, training.Output];
        graph.Outputs.RemoveAll(o => !kept.Contains(o.Name));
        graph.Outputs.Add(new Value(GradientNorm, ElementType.Float));

        var writer = new GraphWriter(model);
        var optimizer = new GraphOptimizer(graph, options.Optimizer);
        var carried = new List<CarriedTensor>();
        var gradients = Clip(writer, [.. training.Parameters.Select(p => p.Gradient)], options.ClipNorm);
        foreach (var (parameter, gradient) in training.Parameters.Zip(gradients))
        {
            var outputs = optimizer.Append(parameter.Name, gradient, TensorShape.Of(parameter.Dims), parameter.Decays);
            carried.Add(new CarriedTensor(parameter.Name, outputs.NewWeight, parameter.Name, source.Graph.Initializers[parameter.Name]));
            carried.AddRange(outputs.State.Select(s => new CarriedTensor(s.Input, s.Output, $"{parameter.Name}/{s.Slot}", Initializer.Zeros(s.Input, ElementType.Float, parameter.Dims))));
        }
        carried.AddRange(training.Statistics.Select(s => Average(writer, s, source.Graph.Initializers[s.Running])));
        return new UpdateGraph(model, optimizer, carried);
    }

    /// <summary>The scalar inputs that change from step to step.</summary>
    public IEnumerable<(string Name, float Value)> Scalars(in TrainingStep step)
    {
        var values = new float[_optimizer.ScalarInputs.Count];
        _optimizer.WriteScalars(new StepSettings(step.Number, step.LearningRate), values);
        return _optimizer.ScalarInputs.Zip(values);
    }

    /// <summary>Scales all gradients by min(1, limit/(norm + 10⁻⁶)), as the fused optimizer does; without a limit they stay.</summary>
    private static IReadOnlyList<string> Clip(GraphWriter writer, IReadOnlyList<string> gradients, double? limit)
    {
        if (limit is not { } max)
        {
            writer.Graph.Nodes.Add(new Node(Ops.Identity, [writer.Constant(0f)], [GradientNorm]));
            return gradients;
        }
        var squares = gradients.Select(g => writer.Op(Ops.ReduceSumSquare, n => n.Set("keepdims", 0L), g)).ToArray();
        writer.Graph.Nodes.Add(new Node(Ops.Sqrt, [writer.Op(Ops.Sum, squares)], [GradientNorm]));
        var factor = writer.Op(Ops.Min, writer.Constant(1f), writer.Op(Ops.Div, writer.Constant((float)max), writer.Op(Ops.Add, GradientNorm, writer.Constant(1e-6f))));
        return [.. gradients.Select(g => writer.Op(Ops.Mul, g, factor))];
    }

    /// <summary>The running statistic after the step: an input of the graph that only its moving average reads.</summary>
    private static CarriedTensor Average(GraphWriter writer, RunningStatistic statistic, Initializer initial)
    {
        var graph = writer.Graph;
        Detach(writer, statistic.Running);
        if (graph.Input(statistic.Running) is null) graph.Inputs.Add(new Value(statistic.Running, initial.Type));
        var output = writer.Fresh($"{statistic.Running}.next");
        var kept = writer.Op(Ops.Mul, statistic.Running, writer.Constant(statistic.Momentum));
        var added = writer.Op(Ops.Mul, statistic.Batch, writer.Constant(1 - statistic.Momentum));
        graph.Nodes.Add(new Node(Ops.Add, [kept, added], [output]));
        graph.Outputs.Add(new Value(output, initial.Type));
        return new CarriedTensor(statistic.Running, output, statistic.Running, initial);
    }

    /// <summary>
    /// Gives BatchNormalization a constant in place of the running statistic, which its momentum of 0 makes it ignore. ONNX Runtime
    /// writes its running outputs over the inputs' memory; were the statistic bound there, the batch's would replace it.
    /// </summary>
    private static void Detach(GraphWriter writer, string running)
    {
        var graph = writer.Graph;
        if (!graph.Initializers.TryGet(running, out var tensor)) return;
        var unread = writer.Fresh($"{running}.unread");
        tensor.Name = unread;
        foreach (var node in graph.Nodes)
        {
            for (var i = 0; i < node.Inputs.Count; i++)
            {
                if (node.Inputs[i] == running) node.Inputs[i] = unread;
            }
        }
    }
}
