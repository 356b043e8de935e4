using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Import;

/// <summary>The layer of a graph that gives a value for each class, and the nodes from there to the output.</summary>
/// <param name="Layer">Gemm, MatMul or Conv.</param>
/// <param name="Weight">The initializer that it reads.</param>
/// <param name="Axis">The axis of the weight that has the classes.</param>
/// <param name="Tail">The nodes after the layer, the first first.</param>
internal sealed record ClassifierHead(Node Layer, Initializer Weight, int Axis, IReadOnlyList<Node> Tail)
{
    /// <summary>The names of a fresh head's parameters.</summary>
    public const string Name = "head";

    /// <summary>Operators that answers may pass on their way out, besides those that work on one value and constants.</summary>
    private static readonly HashSet<string> Passing =
    [
        Ops.Add, Ops.Sub, Ops.Mul, Ops.Div, Ops.Relu, Ops.Clip, Ops.Dropout, Ops.Identity, Ops.Cast, Ops.Flatten, Ops.Reshape, Ops.Squeeze, Ops.Unsqueeze,
        Ops.Transpose, Ops.GlobalAveragePool, Ops.GlobalMaxPool, Ops.AveragePool, Ops.ReduceMean, Ops.ReduceMax, Ops.Sigmoid, Ops.Softmax, Ops.LogSoftmax,
    ];

    public long Classes => Weight.Dims[Axis];

    /// <summary>What the layer is given: the features.</summary>
    public string Features => Layer.Inputs[0];

    /// <summary>The last layer before a value, or the one of that name.</summary>
    /// <exception cref="GraphException">There is none; the message says where the search ended.</exception>
    public static ClassifierHead Find(Graph graph, string output, string? name)
    {
        var topology = new GraphTopology(graph);
        var tail = new List<Node>();
        for (var value = output; ;)
        {
            var node = topology.Producer(value) ?? throw NotFound(output, $"'{value}' is an input of the model");
            if (Of(graph, node, tail) is { } head && (name is null || name == node.Name || name == head.Weight.Name)) return head;
            string[] data = [.. node.Inputs.Where(input => input.Length > 0 && !IsConstant(graph, topology, input)).Distinct()];
            if (data.Length != 1) throw NotFound(output, $"the node '{node.DisplayName}' ({node.OpType}) joins several values");
            if (name is null && !Passing.Contains(node.QualifiedOpType)) throw NotFound(output, $"the node '{node.DisplayName}' ({node.QualifiedOpType}) is in the way");
            tail.Insert(0, node);
            value = data[0];
        }
    }

    /// <summary>Puts fresh weights in the place of the layer's own: one row a class.</summary>
    /// <exception cref="GraphException">A node after the layer has something for each of the old classes that cannot be made anew.</exception>
    public void Replace(Graph graph, int classes, WeightInitializer weights)
    {
        var old = Classes;
        long[] dims = [.. Weight.Dims];
        dims[Axis] = classes;
        var fanIn = Weight.ElementCount / old;
        var fresh = weights.Weight(Unused(graph, $"{Name}.weight"), dims, fanIn, classes);
        graph.Initializers.Add(fresh);
        Layer.Inputs[Layer.Inputs.IndexOf(Weight.Name)] = fresh.Name;
        if (Layer.Input(2) is { } bias) Layer.Inputs[2] = Bias(graph, bias, classes, fanIn, weights);
        foreach (var node in Tail) Adapt(graph, node, old, classes, fanIn, weights);
    }

    private static ClassifierHead? Of(Graph graph, Node node, List<Node> tail)
    {
        var (matrix, image) = (node.Is(Ops.Gemm) || node.Is(Ops.MatMul), node.Is(Ops.Conv) && node.Int("group", 1) == 1);
        if (!(matrix || image) || !graph.Initializers.TryGet(node.Inputs[1], out var weight)) return null;
        if (weight.ElementType != ElementType.Float || (matrix ? weight.Dims.Count != 2 : weight.Dims.Count < 3)) return null;
        return new ClassifierHead(node, weight, image || node.Int("transB", 0) != 0 ? 0 : 1, [.. tail]);
    }

    /// <summary>A bias after a product, the size that a reshaping names.</summary>
    private void Adapt(Graph graph, Node node, long old, int classes, long fanIn, WeightInitializer weights)
    {
        for (var i = 0; i < node.Inputs.Count; i++)
        {
            if (!graph.Initializers.TryGet(node.Inputs[i], out var tensor)) continue;
            if (node.Is(Ops.Reshape))
            {
                if (tensor.ElementType != ElementType.Int64 || !tensor.Span<long>().Contains(old)) continue;
                var shape = tensor.Clone(Unused(graph, $"{Name}.shape"));
                shape.Span<long>().Replace(old, classes);
                graph.Initializers.Add(shape);
                node.Inputs[i] = shape.Name;
            }
            else if (node.Is(Ops.Add) && tensor.ElementType == ElementType.Float && tensor.ElementCount == old)
            {
                node.Inputs[i] = Bias(graph, tensor.Name, classes, fanIn, weights);
            }
            else if (old > 1 && tensor.Dims.Contains(old))
            {
                throw new GraphException($"the head '{Layer.DisplayName}' cannot be replaced: the node '{node.DisplayName}' ({node.OpType}) after it has a value for each of its {old} classes, '{tensor.Name}'. Name another head, or keep it.");
            }
        }
    }

    /// <summary>A bias by the axes of the old one.</summary>
    private static string Bias(Graph graph, string old, int classes, long fanIn, WeightInitializer weights)
    {
        var drawn = weights.Bias(Unused(graph, $"{Name}.bias"), classes, fanIn);
        long[] dims = graph.Initializers.TryGet(old, out var tensor) ? [.. tensor.Dims.Select(size => size == tensor.ElementCount ? classes : size)] : [classes];
        graph.Initializers.Add(Initializer.Create<float>(drawn.Name, drawn.Span<float>(), dims));
        return drawn.Name;
    }

    private static bool IsConstant(Graph graph, GraphTopology topology, string value) => graph.Initializers.Contains(value) || topology.Producer(value)?.OpType == Ops.Constant;

    private static string Unused(Graph graph, string name)
    {
        var taken = graph.Nodes.SelectMany(n => n.Outputs).Concat(graph.Initializers.Select(t => t.Name)).Concat(graph.Inputs.Select(i => i.Name)).ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(1, int.MaxValue).Select(i => i == 1 ? name : $"{name}_{i}").First(candidate => !taken.Contains(candidate));
    }

    private static GraphException NotFound(string output, string why) =>
        new($"no head was found on the way back from the output '{output}': {why}. Name the node that classifies, a Gemm, MatMul or Conv whose weight is an initializer, with headNode.");
}
