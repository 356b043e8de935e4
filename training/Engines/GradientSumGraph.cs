using OnnxPipeline.Training.Autodiff;

namespace OnnxPipeline.Training.Engines;

/// <summary>Gradients of a step's earlier batches, kept on the device: a training graph for those batches, and their sums for the last one's.</summary>
internal static class GradientSumGraph
{
    /// <summary>The scalar input that the sums are multiplied by: 0 for a step's first batch, else 1.</summary>
    public const string Share = "gradient_sum.share";

    /// <summary>The training graph of a batch that does not complete a step: loss, logits, running statistics, and the sums with its gradients.</summary>
    public static Model Build(TrainingGraph training, Model source)
    {
        var model = training.Model.Clone();
        var graph = model.Graph;
        string[] kept = [training.Loss, training.Output];
        graph.Outputs.RemoveAll(o => !kept.Contains(o.Name));
        var writer = new GraphWriter(model);
        var totals = AddSums(writer, training);
        foreach (var (parameter, total) in training.Parameters.Zip(totals))
        {
            var output = Output(parameter);
            graph.Nodes.Add(new Node(Ops.Identity, [total], [output]));
            graph.Outputs.Add(new Value(output, new TensorType(ElementType.Float, TensorShape.Of(parameter.Dims))));
        }
        _ = RunningAverages.Append(writer, training, source).ToArray();
        return model;
    }

    /// <summary>Appends the sums of earlier gradients and this batch's; gives their names in the parameters' order.</summary>
    public static IReadOnlyList<string> AddSums(GraphWriter writer, TrainingGraph training)
    {
        writer.Graph.Inputs.Add(new Value(Share, ElementType.Float));
        var totals = new List<string>();
        foreach (var parameter in training.Parameters)
        {
            writer.Graph.Inputs.Add(new Value(Input(parameter), new TensorType(ElementType.Float, TensorShape.Of(parameter.Dims))));
            totals.Add(writer.Op(Ops.Add, parameter.Gradient, writer.Op(Ops.Mul, Input(parameter), Share)));
        }
        return totals;
    }

    public static IEnumerable<CarriedTensor> Carried(TrainingGraph training) =>
        training.Parameters.Select(p => new CarriedTensor(Input(p), Output(p), Initializer.Zeros(Input(p), ElementType.Float, p.Dims)));

    private static string Input(TrainedParameter parameter) => $"gradient_sum/{parameter.Name}";

    private static string Output(TrainedParameter parameter) => $"gradient_sum/{parameter.Name}.next";
}
