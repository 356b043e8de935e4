using OnnxPipeline.Training.Autodiff;
using OnnxPipeline.Training.Lowering;

namespace OnnxPipeline.Training.Engines;

/// <summary>Appends the moving averages of batch normalisation's statistics to a training graph.</summary>
internal static class RunningAverages
{
    /// <summary>The running statistics after the step: inputs of the graph that only their moving averages read.</summary>
    public static IEnumerable<CarriedTensor> Append(GraphWriter writer, TrainingGraph training, Model source)
    {
        foreach (var (number, statistic) in training.Statistics.Index()) yield return Append(writer, statistic, number, source.Graph.Initializers[statistic.Running]);
    }

    private static CarriedTensor Append(GraphWriter writer, RunningStatistic statistic, int number, Initializer initial)
    {
        var graph = writer.Graph;
        Detach(writer, statistic.Running, number);
        if (graph.Input(statistic.Running) is null) graph.Inputs.Add(new Value(statistic.Running, initial.Type));
        var output = writer.Fresh($"{statistic.Running}.next");
        var kept = writer.Op(Ops.Mul, statistic.Running, writer.Constant(statistic.Momentum));
        var added = writer.Op(Ops.Mul, statistic.Batch, writer.Constant(1 - statistic.Momentum));
        graph.Nodes.Add(new Node(Ops.Add, [kept, added], [output]));
        graph.Outputs.Add(new Value(output, initial.Type));
        return new CarriedTensor(statistic.Running, output, initial) { StateName = statistic.Running, DeployedAs = statistic.Running };
    }

    /// <summary>
    /// Gives BatchNormalization another value in place of the running statistic, which its momentum of 0 makes it ignore. ONNX Runtime
    /// writes its running outputs over the memory of these inputs, be they constants or not. So each has one of its own, computed anew
    /// in every run: equal constants would become one, in which one layer's statistics replaced another's, and what is no number in one
    /// batch would stay there for all later ones, since 0·NaN is NaN.
    /// </summary>
    private static void Detach(GraphWriter writer, string running, int number)
    {
        var graph = writer.Graph;
        if (!graph.Initializers.TryGet(running, out var tensor)) return;
        tensor.Name = writer.Fresh($"{running}.constant");
        tensor.Span<float>().Fill(number);
        var first = graph.Nodes.Count;
        var count = writer.Op(Ops.Cast, n => n.Set("to", (long)ElementType.Float), writer.Op(Ops.Size, TrainingGraph.Labels));
        var unread = writer.Op(Ops.Add, tensor.Name, count);
        var added = graph.Nodes[first..];
        graph.Nodes.RemoveRange(first, added.Count);
        graph.Nodes.InsertRange(0, added);
        foreach (var node in graph.Nodes)
        {
            for (var i = 0; i < node.Inputs.Count; i++)
            {
                if (node.Inputs[i] == running) node.Inputs[i] = unread;
            }
        }
    }
}
