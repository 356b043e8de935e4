namespace OnnxPipeline.Training;

/// <summary>Values of a graph that are known before it runs.</summary>
internal static class Constants
{
    /// <summary>The tensor behind a name: an initializer, or the value of a Constant node; null when it is computed.</summary>
    public static Initializer? Find(Graph graph, string name) => graph.Initializers.TryGet(name, out var tensor)
        ? tensor
        : graph.Nodes.FirstOrDefault(n => n.Is(Ops.Constant) && n.Outputs[0] == name)?.Tensor("value");
}
