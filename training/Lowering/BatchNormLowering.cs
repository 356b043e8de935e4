namespace OnnxPipeline.Training.Lowering;

/// <summary>A running statistic kept beside the graph: running = momentum·running + (1 − momentum)·batch, after every step.</summary>
/// <param name="Running">The initializer of the model that it is.</param>
/// <param name="Batch">The output of the training graph with the batch's own.</param>
/// <param name="Momentum">What a step leaves of it.</param>
/// <param name="IsRead">Whether the training graph reads it, as an input; batch normalisation in training does not.</param>
public sealed record RunningStatistic(string Running, string Batch, float Momentum, bool IsRead = false);

/// <summary>
/// Puts BatchNormalization into training mode. Momentum 0 makes its running outputs the batch's own mean and (population)
/// variance, which the gradient needs; the running averages themselves are kept outside the graph. One whose factor and offset
/// are both frozen, or one of them and the other a constant, stays as it is, in inference form.
/// </summary>
internal static class BatchNormLowering
{
    /// <param name="model">The model, which is changed.</param>
    /// <param name="frozen">The weights that keep their values.</param>
    public static IReadOnlyList<RunningStatistic> Apply(Model model, IReadOnlySet<string> frozen)
    {
        var statistics = new List<RunningStatistic>();
        foreach (var node in model.Graph.Nodes.Where(n => n.Is(Ops.BatchNormalization) && !IsFrozen(model.Graph, n, frozen)))
        {
            var momentum = node.Float("momentum", 0.9f);
            var output = node.Outputs[0];
            while (node.Outputs.Count > 1) node.Outputs.RemoveAt(node.Outputs.Count - 1);
            node.Outputs.Add($"{output}.batch_mean");
            node.Outputs.Add($"{output}.batch_variance");
            node.Set("training_mode", 1).Set("momentum", 0f);
            statistics.Add(new RunningStatistic(node.Inputs[3], node.Outputs[1], momentum));
            statistics.Add(new RunningStatistic(node.Inputs[4], node.Outputs[2], momentum));
        }
        return statistics;
    }

    private static bool IsFrozen(Graph graph, Node node, IReadOnlySet<string> frozen)
    {
        string[] parameters = [node.Inputs[1], node.Inputs[2]];
        return parameters.Any(frozen.Contains) && parameters.All(name => frozen.Contains(name) || !graph.Initializers.Contains(name));
    }
}
