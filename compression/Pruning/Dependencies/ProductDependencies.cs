namespace OnnxPipeline.Compression.Pruning.Dependencies;

/// <summary>Products with weights: the input's channels go with the weights that read them, the output's with those that make them.</summary>
internal static class ProductDependencies
{
    private const long OpsetOfBroadcastGemm = 7;

    /// <summary>x [N,I,…], W [O,I/group,…], b [O] → y [N,O,…].</summary>
    public static void Conv(NodeAxes node)
    {
        var (x, weight, y) = (node.Node.Inputs[0], node.Node.Inputs[1], node.Node.Outputs[0]);
        var groups = (int)node.Node.Int("group", 1);
        if (groups == 1) node.Tie(x, 1, weight, 1);
        else if (WhyNotGrouped(node, groups) is { } reason)
        {
            node.Refuse(reason);
            return;
        }
        else TieGroups(node, groups);
        node.Tie(x, 0, y, 0);
        node.Tie(weight, 0, y, 1);
        if (node.Node.Input(2) is { } bias) node.Tie(bias, 0, y, 1);
        node.Produces(weight, 0);
    }

    /// <summary>x [N,I,…], W [I,O,…], b [O] → y [N,O,…].</summary>
    public static void ConvTranspose(NodeAxes node)
    {
        if (node.Node.Int("group", 1) != 1)
        {
            node.Refuse("has groups; a transposed convolution can only be followed without");
            return;
        }
        var (x, weight, y) = (node.Node.Inputs[0], node.Node.Inputs[1], node.Node.Outputs[0]);
        node.Tie(x, 0, y, 0);
        node.Tie(x, 1, weight, 0);
        node.Tie(weight, 1, y, 1);
        if (node.Node.Input(2) is { } bias) node.Tie(bias, 0, y, 1);
        node.Produces(weight, 1);
    }

    /// <summary>A [M,K], B [K,N], either transposed, C stretched over [M,N] → y [M,N].</summary>
    public static void Gemm(NodeAxes node)
    {
        if (node.Opset < OpsetOfBroadcastGemm)
        {
            node.Refuse($"is that of opset {node.Opset}; expected {OpsetOfBroadcastGemm} or later");
            return;
        }
        var (a, b, y) = (node.Node.Inputs[0], node.Node.Inputs[1], node.Node.Outputs[0]);
        var inputs = node.Node.Int("transA", 0) == 0 ? 1 : 0;
        var outputs = node.Node.Int("transB", 0) == 0 ? 1 : 0;
        node.Tie(a, inputs, b, 1 - outputs);
        node.Tie(a, 1 - inputs, y, 0);
        node.Tie(b, outputs, y, 1);
        if (node.Node.Input(2) is { } c) node.Align(c, y);
        node.Produces(b, outputs);
    }

    /// <summary>A […,M,K], B […,K,N] → y […,M,N].</summary>
    public static void MatMul(NodeAxes node)
    {
        var (a, b, y) = (node.Node.Inputs[0], node.Node.Inputs[1], node.Node.Outputs[0]);
        var (rankA, rankB) = (node.Rank(a), node.Rank(b));
        if (rankA < 2 || rankB < 2)
        {
            node.Refuse("multiplies a vector; only products of matrices are followed");
            return;
        }
        node.Align(a, y, rankA - 1);
        node.Align(b, y, rankB - 2);
        node.Tie(a, rankA - 1, b, rankB - 2);
        node.Tie(b, rankB - 1, y, node.Rank(y) - 1);
        if (rankB == 2) node.Produces(b, 1);
    }

    private static string? WhyNotGrouped(NodeAxes node, int groups) =>
        node.Size(node.Node.Inputs[0], 1) is not { } inputs || node.Size(node.Node.Inputs[1], 0) is not { } outputs ? "has groups of an unknown number of channels"
        : inputs % groups != 0 || outputs % groups != 0 ? $"has {groups} groups, which do not divide {inputs} and {outputs} channels"
        : null;

    /// <summary>A group goes as a whole, with all it reads and makes: of a depthwise convolution, that is one channel.</summary>
    private static void TieGroups(NodeAxes node, int groups)
    {
        var (x, weight) = (node.Node.Inputs[0], node.Node.Inputs[1]);
        var inputs = node.Size(x, 1)!.Value / groups;
        var outputs = node.Size(weight, 0)!.Value / groups;
        for (var group = 0; group < groups; group++)
        {
            var first = new Slot(weight, 0, group * outputs);
            for (var i = 0; i < inputs; i++) node.Tie(first, new Slot(x, 1, group * inputs + i));
            for (var i = 1; i < outputs; i++) node.Tie(first, first with { Index = first.Index + i });
        }
    }
}
