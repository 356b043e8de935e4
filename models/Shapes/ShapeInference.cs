namespace OnnxPipeline.Models.Shapes;

/// <summary>
/// Type and shape inference: from the types of a graph's inputs and initializers, the type of every value. Symbolic sizes,
/// as the batch, are kept where an operator passes them on. Rules: <see cref="ShapeRules"/>.
/// </summary>
public static class ShapeInference
{
    /// <summary>The type of every value of the model's graph, by name.</summary>
    /// <remarks>An op without a rule gives its recorded value_info, else an unknown type (Undefined, no shape).</remarks>
    /// <param name="model">Its nodes may be in any order that has no cycle.</param>
    /// <param name="strict">Whether an op without a rule is an error; all of them are listed.</param>
    /// <exception cref="GraphException">A node's inputs break its operator's rules, an input is missing, or a graph output is not what it is declared to be.</exception>
    /// <exception cref="ModelFormatException">The graph has a cycle, or two producers of one value.</exception>
    public static IReadOnlyDictionary<string, TensorType> Infer(Model model, bool strict = false) => InferTable(model, strict).Types;

    /// <summary>As <see cref="Infer"/>, and the integers that nodes are known to compute whatever the inputs hold, as sizes out of shapes.</summary>
    /// <exception cref="GraphException">As <see cref="Infer"/>.</exception>
    public static InferredGraph InferAll(Model model)
    {
        var table = InferTable(model, strict: false);
        return new InferredGraph(table.Types, name => table.Values(name) is { } values && values.All(v => v.Size is not null) ? [.. values.Select(v => v.Size!.Value)] : null);
    }

    /// <summary>Renews the recorded types (value_info) of a model and refines those of its outputs.</summary>
    /// <exception cref="GraphException">As <see cref="Infer"/>.</exception>
    public static void Annotate(Model model)
    {
        var graph = model.Graph;
        var types = Infer(model);
        graph.ValueInfos.Clear();
        var named = graph.Outputs.Select(o => o.Name).ToHashSet();
        foreach (var name in graph.Nodes.SelectMany(n => n.Outputs).Where(o => o.Length > 0 && !named.Contains(o)))
        {
            if (types[name].Element != ElementType.Undefined) graph.ValueInfos.Add(new Value(name, types[name]));
        }
        for (var i = 0; i < graph.Outputs.Count; i++)
        {
            var (output, found) = (graph.Outputs[i], types[graph.Outputs[i].Name]);
            if (found.Element == ElementType.Undefined) continue;
            graph.Outputs[i] = new Value(output.Name, found with { Shape = Dimensions.Merge(found.Shape, output.Type?.Shape) });
        }
    }

    internal static TypeTable InferTable(Model model, bool strict)
    {
        var table = Start(model);
        var recorded = model.Graph.ValueInfos.Concat(model.Graph.Outputs).ToLookup(v => v.Name, v => v.Type);
        var unknown = new List<string>();
        foreach (var node in new GraphTopology(model.Graph).Sorted())
        {
            if (table.Add(node)) continue;
            unknown.Add($"{node.QualifiedOpType} ('{node.DisplayName}')");
            foreach (var output in node.Outputs.Where(o => o.Length > 0))
            {
                if (recorded[output].FirstOrDefault() is { } type) table.Add(output, type);
            }
        }
        if (strict && unknown.Count > 0)
            throw new GraphException($"No shape rule for {unknown.Count} node(s): {string.Join(", ", unknown)}. Ops with rules: {string.Join(", ", ShapeRules.Names)}.");

        foreach (var output in model.Graph.Outputs) CheckOutput(output, table);
        return table;
    }

    /// <summary>A table that knows a model's inputs and initializers, and none of its nodes yet.</summary>
    private static TypeTable Start(Model model)
    {
        var table = new TypeTable(model.Opsets);
        foreach (var tensor in model.Graph.Initializers) table.AddConstant(tensor.Name, tensor);
        foreach (var input in model.Graph.Inputs)
        {
            if (!model.Graph.Initializers.TryGet(input.Name, out var tensor)) table.Add(input.Name, input.Type ?? default);
            else if (input.Type is { } type && !Agrees(type, tensor.Type))
                throw new GraphException($"Input '{input.Name}' is declared as {type}, but its initializer is {tensor.Type}.");
        }
        return table;
    }

    private static void CheckOutput(Value output, TypeTable table)
    {
        if (!table.Contains(output.Name))
            throw new GraphException($"Graph output '{output.Name}' is produced by no node and is no input or initializer.");
        var found = table.Types[output.Name];
        if (output.Type is { } declared && !Agrees(declared, found))
            throw new GraphException($"Graph output '{output.Name}' is declared as {declared}, but the graph gives {found}.");
    }

    private static bool Agrees(TensorType a, TensorType b) =>
        (a.Element == b.Element || a.Element == ElementType.Undefined || b.Element == ElementType.Undefined)
        && (a.Shape is null || b.Shape is null || Dimensions.MayEqual(a.Shape, b.Shape));
}
