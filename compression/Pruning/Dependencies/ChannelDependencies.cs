namespace OnnxPipeline.Compression.Pruning.Dependencies;

/// <summary>Ops that keep channels apart.</summary>
internal static class ChannelDependencies
{
    /// <summary>y = f(x, …), element by element, inputs stretched where they have size 1.</summary>
    public static void Pointwise(NodeAxes node)
    {
        var y = node.Node.Outputs[0];
        foreach (var input in node.Node.Inputs.Where(i => i.Length > 0)) node.Align(input, y);
        foreach (var other in node.Node.Outputs.Skip(1).Where(o => o.Length > 0)) node.Align(other, y);
    }

    /// <summary>x [N,C,…] and four parameters [C] → y [N,C,…].</summary>
    public static void BatchNormalization(NodeAxes node)
    {
        if (node.Node.Outputs.Skip(1).Any(o => o.Length > 0))
        {
            node.Refuse("is in training form, with running statistics as outputs");
            return;
        }
        var (x, y) = (node.Node.Inputs[0], node.Node.Outputs[0]);
        node.Align(x, y);
        foreach (var parameter in node.Node.Inputs.Skip(1)) node.Tie(parameter, 0, y, 1);
    }

    /// <summary>x [N,C,…] and two parameters [C] → y [N,C,…]; it works along the image.</summary>
    public static void InstanceNormalization(NodeAxes node)
    {
        Pool(node);
        foreach (var parameter in node.Node.Inputs.Skip(1)) node.Tie(parameter, 0, node.Node.Outputs[0], 1);
    }

    /// <summary>x [N,C,…] → y [N,C,…], each channel for itself along the image.</summary>
    public static void Pool(NodeAxes node)
    {
        if (node.Node.Outputs.Skip(1).Any(o => o.Length > 0))
        {
            node.Refuse("gives indices too, which count through the channels");
            return;
        }
        var (x, y) = (node.Node.Inputs[0], node.Node.Outputs[0]);
        node.Tie(x, 0, y, 0);
        node.Tie(x, 1, y, 1);
    }
}
