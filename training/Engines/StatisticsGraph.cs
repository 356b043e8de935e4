namespace OnnxPipeline.Training.Engines;

/// <summary>The forward half of a training graph: it gives the batch's statistics and the logits, for weights that were averaged and not trained.</summary>
internal static class StatisticsGraph
{
    public static Model Build(TrainingGraph training)
    {
        var model = training.Model.Clone();
        var graph = model.Graph;
        var kept = training.Statistics.Select(s => s.Batch).Append(training.Output).ToHashSet();
        graph.Outputs.RemoveAll(o => !kept.Contains(o.Name));

        var needed = new HashSet<string>(kept);
        for (var i = graph.Nodes.Count - 1; i >= 0; i--)
        {
            if (graph.Nodes[i].Outputs.Any(needed.Contains)) needed.UnionWith(graph.Nodes[i].Inputs);
            else graph.Nodes.RemoveAt(i);
        }
        // Those of batch normalisation feed nothing: a bound one would be overwritten.
        var running = training.Statistics.Where(s => !s.IsRead).Select(s => s.Running).ToHashSet();
        graph.Inputs.RemoveAll(input => !needed.Contains(input.Name) || running.Contains(input.Name));
        return model;
    }
}
