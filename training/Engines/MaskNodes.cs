using OnnxPipeline.Training.Autodiff;

namespace OnnxPipeline.Training.Engines;

/// <summary>Masks of weights as nodes of an update graph: the same arithmetic as <see cref="WeightMasks"/>.</summary>
internal static class MaskNodes
{
    /// <summary>Adds masks as inputs of the graph; no step changes them.</summary>
    /// <returns>What is carried of them, by weight.</returns>
    public static IReadOnlyDictionary<string, CarriedTensor> AddInputs(Graph graph, IReadOnlyList<Initializer> masks)
    {
        var carried = masks.ToDictionary(m => m.Name, m => Carried(WeightMasks.StateName(m.Name), m));
        graph.Inputs.AddRange(carried.Values.Select(c => new Value(c.Input, c.Initial.Type)));
        return carried;
    }

    /// <summary>A weight's gradient, masked where the weight is.</summary>
    public static string Masked(GraphWriter writer, IReadOnlyDictionary<string, CarriedTensor> masks, string weight, string gradient) =>
        masks.TryGetValue(weight, out var mask) ? writer.Op(Ops.Mul, gradient, mask.Input) : gradient;

    /// <summary>A weight whose next value is masked.</summary>
    public static CarriedTensor Masked(GraphWriter writer, IReadOnlyDictionary<string, CarriedTensor> masks, CarriedTensor tensor)
    {
        if (!masks.TryGetValue(tensor.Input, out var mask)) return tensor;
        var output = writer.Fresh($"{tensor.Input}/masked");
        writer.Graph.Nodes.Add(new Node(Ops.Mul, [tensor.Output, mask.Input], [output]));
        writer.Graph.Outputs.Add(new Value(output, tensor.Initial.Type));
        return tensor with { Output = output };
    }

    private static CarriedTensor Carried(string name, Initializer mask) => new(name, $"{name}.next", mask.Clone(name)) { StateName = name };
}
