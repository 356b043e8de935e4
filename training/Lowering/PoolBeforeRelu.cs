namespace OnnxPipeline.Training.Lowering;

/// <summary>
/// Exchanges a Relu and the MaxPool that alone reads it. Relu is monotone, so max(relu(x)) = relu(max(x)), and the gradients
/// are the same; but the activation and its gradient then work on the pooled values, a quarter of them for 2x2 windows.
/// </summary>
internal static class PoolBeforeRelu
{
    /// <summary>Gives the number of pairs exchanged.</summary>
    public static int Apply(Model model)
    {
        var nodes = model.Graph.Nodes;
        var topology = new GraphTopology(model.Graph);
        var count = 0;
        for (var i = 0; i < nodes.Count; i++)
        {
            var relu = nodes[i];
            if (!relu.Is(Ops.Relu) || topology.SoleConsumer(relu.Outputs[0]) is not { } pool || !pool.Is(Ops.MaxPool) || pool.Output(1) is not null) continue;
            var pooled = pool.Outputs[0];
            var between = $"{pooled}.before_relu";
            pool.Inputs[0] = relu.Inputs[0];
            pool.Outputs[0] = between;
            relu.Inputs[0] = between;
            relu.Outputs[0] = pooled;
            nodes.RemoveAt(i);
            nodes.Insert(nodes.IndexOf(pool) + 1, relu);
            i--;
            count++;
        }
        return count;
    }
}
