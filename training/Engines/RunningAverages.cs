using OnnxPipeline.Training.Autodiff;
using OnnxPipeline.Training.Lowering;

namespace OnnxPipeline.Training.Engines;

/// <summary>Appends the moving averages of batch normalisation's statistics to a training graph.</summary>
internal static class RunningAverages
{
    /// <summary>The running statistics after the step: inputs of the graph that only their moving averages read.</summary>
    public static IEnumerable<CarriedTensor> Append(GraphWriter writer, TrainingGraph training, Model source)
    {
        foreach (var statistic in training.Statistics) yield return Append(writer, statistic, source.Graph.Initializers[statistic.Running]);
    }

    private static CarriedTensor Append(GraphWriter writer, RunningStatistic statistic, Initializer initial)
    {
        var graph = writer.Graph;
        Detach(writer, statistic.Running);
        if (graph.Input(statistic.Running) is null) graph.Inputs.Add(new Value(statistic.Running, initial.Type));
        var output = writer.Fresh($"{statistic.Running}.next");
        var kept = writer.Op(Ops.Mul, statistic.Running, writer.Constant(statistic.Momentum));
        var added = writer.Op(Ops.Mul, statistic.Batch, writer.Constant(1 - statistic.Momentum));
        graph.Nodes.Add(new Node(Ops.Add, [kept, added], [output]));
        graph.Outputs.Add(new Value(output, initial.Type));
        return new CarriedTensor(statistic.Running, output, initial) { StateName = statistic.Running, DeployedAs = statistic.Running };
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
