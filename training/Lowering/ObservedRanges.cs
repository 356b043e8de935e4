namespace OnnxPipeline.Training.Lowering;

/// <summary>
/// Ranges of values under quantisation-aware training, kept in the model itself: beside a value v that a QuantizeLinear reads, the scalar
/// initializers "v.min", at most 0, and "v.max", at least 0. Training moves those that are there as running statistics, towards the
/// batch's smallest and largest value or 0; scale and zero point are computed from them in the graph.
/// </summary>
public static class ObservedRanges
{
    /// <summary>What a step leaves of a range: range = 0.99·range + 0.01·batch, as PyTorch's moving-average observer does.</summary>
    public const float Momentum = 0.99f;

    public static string MinOf(string value) => $"{value}.min";

    public static string MaxOf(string value) => $"{value}.max";

    /// <summary>Has the graph measure each batch's ranges; the running ones become inputs of it.</summary>
    internal static IReadOnlyList<RunningStatistic> Apply(Model model)
    {
        var graph = model.Graph;
        var statistics = new List<RunningStatistic>();
        foreach (var value in graph.Nodes.Where(n => n.Is(Ops.QuantizeLinear)).Select(n => n.Inputs[0]).Distinct().ToArray())
        {
            Observe(MinOf(value), value, Ops.ReduceMin, Ops.Min);
            Observe(MaxOf(value), value, Ops.ReduceMax, Ops.Max);
        }
        return statistics;

        void Observe(string running, string value, string reduction, string withZero)
        {
            if (!graph.Initializers.TryGet(running, out var initial) || initial.Dims.Count > 0) return;
            var (batch, zero) = ($"{running}.batch", $"{running}.zero");
            graph.Initializers.Remove(running);
            graph.Inputs.Add(new Value(running, initial.Type));
            graph.Initializers.Add(Initializer.Scalar(zero, 0f));
            graph.Nodes.Add(new Node(reduction, [value], [$"{batch}.all"], $"{batch}.all").Set("keepdims", 0));
            graph.Nodes.Add(new Node(withZero, [$"{batch}.all", zero], [batch], batch));
            statistics.Add(new RunningStatistic(running, batch, Momentum, IsRead: true));
        }
    }
}
