using OnnxPipeline.Training.Autodiff;

namespace OnnxPipeline.Training.LowRank;

/// <summary>Puts low-rank changes beside the nodes of a graph: y becomes y + scale·B(A(dropout(x))).</summary>
internal static class LowRankGraph
{
    private const long OpsetOfRatioInput = 12;

    /// <summary>Adds the nodes of a change; A and B are initializers to be added, or inputs.</summary>
    /// <param name="model">The model, which is changed.</param>
    /// <param name="site">A weight of it.</param>
    /// <param name="scale">How often the change counts.</param>
    /// <param name="dropout">The probability of an element of x to be dropped.</param>
    public static void Insert(Model model, LowRankSite site, double scale = 1, double dropout = 0)
    {
        var names = new GraphWriter(model);
        foreach (var node in site.Nodes)
        {
            var added = Branch(names, site, node, scale, dropout);
            model.Graph.Nodes.InsertRange(model.Graph.Nodes.IndexOf(node) + 1, added);
        }
    }

    /// <summary>The nodes behind <paramref name="node"/>, whose output gets another name.</summary>
    private static List<Node> Branch(GraphWriter names, LowRankSite site, Node node, double scale, double dropout)
    {
        var output = node.Outputs[0];
        var (value, added) = (node.Inputs[0], new List<Node>());
        string Add(string part, Func<string, Node> make)
        {
            var name = names.Fresh($"{output}.lora_{part}");
            added.Add(make(name));
            return name;
        }

        if (dropout > 0)
        {
            var input = value;
            var ratio = names.Opset < OpsetOfRatioInput ? null : Add("ratio", name => Constant(name, (float)dropout));
            value = Add("dropout", name => ratio is null ? new Node(Ops.Dropout, [input], [name], name).Set("ratio", (float)dropout) : new Node(Ops.Dropout, [input, ratio], [name], name));
        }
        value = Add("down", name => site.IsConv ? Narrowed(node, value, site.A, name) : new Node(Ops.MatMul, [value, site.A], [name], name));
        value = Add("up", name => new Node(site.IsConv ? Ops.Conv : Ops.MatMul, [value, site.B], [name], name));
        if (scale != 1)
        {
            var factor = Add("scale", name => Constant(name, (float)scale));
            value = Add("scaled", name => new Node(Ops.Mul, [value, factor], [name], name));
        }
        node.Outputs[0] = names.Fresh($"{output}.base");
        added.Add(new Node(Ops.Add, [node.Outputs[0], value], [output], names.Fresh($"{output}.lora")));
        return added;
    }

    /// <summary>The same convolution, strides, pads and dilations, with other weights and no bias.</summary>
    private static Node Narrowed(Node conv, string input, string weight, string output)
    {
        var narrowed = conv.Clone();
        narrowed.Name = output;
        narrowed.Inputs.Clear();
        narrowed.Inputs.Add(input);
        narrowed.Inputs.Add(weight);
        narrowed.Outputs[0] = output;
        return narrowed;
    }

    private static Node Constant(string name, float value) => new Node(Ops.Constant, [], [name], name).Set("value", Initializer.Scalar(name, value));
}
