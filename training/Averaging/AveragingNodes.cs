using OnnxPipeline.Training.Autodiff;
using OnnxPipeline.Training.Engines;

namespace OnnxPipeline.Training.Averaging;

/// <summary>Averages of weights as nodes of an update graph: the same arithmetic as <see cref="WeightAverages"/>.</summary>
internal static class AveragingNodes
{
    private const string Share = "averaging.share";
    private const string Meets = "averaging.meets";
    private const string Apart = "averaging.apart";

    /// <summary>Appends the averages of carried weights and running statistics.</summary>
    /// <param name="writer">Writes to the update graph.</param>
    /// <param name="options">How they are averaged.</param>
    /// <param name="carried">What the graph carries; what of it is deployed is averaged.</param>
    /// <param name="weights">The names of weights; running statistics are not moved towards each other by lookahead.</param>
    /// <returns>What the graph carries now.</returns>
    public static IReadOnlyList<CarriedTensor> Append(GraphWriter writer, AveragingOptions options, IReadOnlyList<CarriedTensor> carried, IReadOnlySet<string> weights)
    {
        if (options is not SwaOptions) writer.Graph.Inputs.Add(new Value(Share, ElementType.Float));
        if (options is LookaheadOptions) writer.Graph.Inputs.AddRange([new Value(Meets, ElementType.Float), new Value(Apart, ElementType.Float)]);
        return
        [
            .. carried.SelectMany(tensor => tensor.DeployedAs is null
                ? [tensor]
                : options switch
                {
                    SwaOptions => [tensor with { DeployedAs = null }, Average(tensor)],
                    LookaheadOptions => Meet(writer, tensor, weights.Contains(tensor.Input)),
                    _ => [tensor with { DeployedAs = null }, Output(writer, Average(tensor), Towards(writer, Average(tensor).Input, tensor.Output))],
                }),
        ];
    }

    /// <summary>The scalar inputs for a step.</summary>
    public static IEnumerable<(string Name, float Value)> Scalars(AveragingOptions options, long step)
    {
        var share = (float)AveragingPlan.ShareAfterStep(options, step);
        return [(Share, share), (Meets, share == 0 ? 0 : 1), (Apart, share == 0 ? 1 : 0)];
    }

    private static CarriedTensor[] Meet(GraphWriter writer, CarriedTensor fast, bool isWeight)
    {
        var slow = Average(fast);
        if (!isWeight) return [fast with { DeployedAs = null }, Output(writer, slow, Choose(writer, fast.Output, slow.Input))];

        slow = Output(writer, slow, Towards(writer, slow.Input, fast.Output));
        var next = Output(writer, fast with { Output = $"{fast.Input}/met", DeployedAs = null }, Choose(writer, slow.Output, fast.Output));
        return [next, slow];
    }

    /// <summary>One value when slow and fast weights meet, the other between; exact, as the scalars are 0 and 1.</summary>
    private static string Choose(GraphWriter writer, string meeting, string between) =>
        writer.Op(Ops.Add, writer.Op(Ops.Mul, meeting, Meets), writer.Op(Ops.Mul, between, Apart));

    private static string Towards(GraphWriter writer, string average, string current) =>
        writer.Op(Ops.Add, average, writer.Op(Ops.Mul, writer.Op(Ops.Sub, current, average), Share));

    private static CarriedTensor Average(CarriedTensor tensor)
    {
        var name = $"{tensor.Input}/{AveragingPlan.Slot}";
        return new CarriedTensor(name, $"{name}.next", tensor.Initial.Clone(name)) { StateName = name, DeployedAs = tensor.DeployedAs };
    }

    private static CarriedTensor Output(GraphWriter writer, CarriedTensor tensor, string value)
    {
        var graph = writer.Graph;
        if (graph.Input(tensor.Input) is null) graph.Inputs.Add(new Value(tensor.Input, tensor.Initial.Type));
        graph.Nodes.Add(new Node(Ops.Identity, [value], [tensor.Output]));
        graph.Outputs.Add(new Value(tensor.Output, tensor.Initial.Type));
        return tensor;
    }
}
