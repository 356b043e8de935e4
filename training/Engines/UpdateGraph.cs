using OnnxPipeline.Training.Autodiff;
using OnnxPipeline.Training.Averaging;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.Engines;

/// <summary>A training graph that also computes the next weights, optimizer state, running statistics and averages.</summary>
internal sealed class UpdateGraph
{
    /// <summary>The output with the L2 norm of all gradients, before clipping.</summary>
    public const string GradientNorm = "gradient.norm";

    private readonly GraphOptimizer _optimizer;
    private readonly TrainOptions _options;

    private UpdateGraph(Model model, GraphOptimizer optimizer, IReadOnlyList<CarriedTensor> carried, TrainOptions options)
    {
        Model = model;
        _optimizer = optimizer;
        Carried = carried;
        _options = options;
    }

    public Model Model { get; }

    public IReadOnlyList<CarriedTensor> Carried { get; }

    /// <summary>Appends the update to a copy of the training graph; the gradients themselves are no outputs of it.</summary>
    public static UpdateGraph Append(TrainingGraph training, Model source, TrainOptions options, IReadOnlyList<Initializer> masks)
    {
        var model = training.Model.Clone();
        var graph = model.Graph;
        string[] kept = [training.Loss, training.Output];
        graph.Outputs.RemoveAll(o => !kept.Contains(o.Name));
        graph.Outputs.Add(new Value(GradientNorm, ElementType.Float));

        var writer = new GraphWriter(model);
        var optimizer = new GraphOptimizer(graph, options.Optimizer);
        var parameters = ParameterGroups.Of(training.Parameters, options);
        var gradients = options.Accumulate > 1 ? GradientSumGraph.AddSums(writer, training) : [.. training.Parameters.Select(p => p.Gradient)];
        var masked = MaskNodes.AddInputs(graph, masks);
        gradients = [.. parameters.Zip(gradients, (p, gradient) => optimizer.WhileTrained(p, Penalized(writer, options.Penalty, p, MaskNodes.Masked(writer, masked, p.Name, gradient))))];
        gradients = Clip(writer, gradients, options.ClipNorm);

        IReadOnlyList<CarriedTensor> carried =
        [
            .. training.Parameters.Zip(parameters, gradients).SelectMany(p => Update(optimizer, p.First, p.Second, p.Third, source.Graph.Initializers[p.First.Name])),
            .. RunningAverages.Append(writer, training, source),
        ];
        carried = [.. carried.Select(tensor => MaskNodes.Masked(writer, masked, tensor)), .. masked.Values];
        if (options.Averaging is { } averaging) carried = AveragingNodes.Append(writer, averaging, carried, training.Parameters.Select(p => p.Name).ToHashSet());
        if (options.Accumulate > 1) carried = [.. carried, .. GradientSumGraph.Carried(training)];
        return new UpdateGraph(model, optimizer, carried, options);
    }

    /// <summary>The scalar inputs that change from step to step.</summary>
    public IEnumerable<(string Name, float Value)> Scalars(in TrainingStep step)
    {
        var names = _optimizer.ScalarInputs;
        var values = new float[names.Count];
        _optimizer.WriteScalars(new StepSettings(step.Number, step.LearningRate, Epoch: step.Epoch), values);
        var averaging = _options.Averaging is { } options ? AveragingNodes.Scalars(options, step.Number) : [];
        return [.. names.Zip(values), .. averaging, (GradientSumGraph.Share, step.Part == 0 ? 0 : 1)];
    }

    private static IEnumerable<CarriedTensor> Update(GraphOptimizer optimizer, TrainedParameter parameter, ParameterInfo info, string gradient, Initializer initial)
    {
        var outputs = optimizer.Append(info, gradient, TensorShape.Of(parameter.Dims));
        return
        [
            new CarriedTensor(parameter.Name, outputs.NewWeight, initial) { StateName = parameter.Name, DeployedAs = parameter.Name },
            .. outputs.State.Select(s => new CarriedTensor(s.Input, s.Output, Initializer.Zeros(s.Input, ElementType.Float, parameter.Dims)) { StateName = $"{parameter.Name}/{s.Slot}" }),
        ];
    }

    /// <summary>Adds the penalty's gradient, λ₁·sign(w) + 2λ₂·w, as the fused update does.</summary>
    private static string Penalized(GraphWriter writer, PenaltyOptions? penalty, ParameterInfo parameter, string gradient)
    {
        if (penalty is null || !parameter.Decays) return gradient;
        if (penalty.L1 != 0) gradient = writer.Op(Ops.Add, gradient, writer.Op(Ops.Mul, writer.Op(Ops.Sign, parameter.Name), writer.Constant((float)penalty.L1)));
        return penalty.L2 == 0 ? gradient : writer.Op(Ops.Add, gradient, writer.Op(Ops.Mul, parameter.Name, writer.Constant((float)(2 * penalty.L2))));
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
}
