namespace OnnxPipeline.Compression.Pruning.Dependencies;

/// <summary>An axis of a weight whose indices are channels that a layer makes.</summary>
/// <param name="Layer">The layer: a node's name.</param>
/// <param name="Weight">The weight's name.</param>
/// <param name="Axis">The axis of its outputs.</param>
internal readonly record struct Producer(string Layer, string Weight, int Axis);

/// <summary>A channel as it goes through the graph: every slot that has to go with it.</summary>
internal sealed record Channel(IReadOnlyList<Slot> Slots);

/// <summary>Channels made by the same layers: those of one layer, or of several that a sum or a depthwise convolution ties together.</summary>
/// <param name="Producers">The layers that make them.</param>
/// <param name="Channels">In the order of the first layer's outputs. All may go but one.</param>
internal sealed record ChannelGroup(IReadOnlyList<Producer> Producers, IReadOnlyList<Channel> Channels)
{
    /// <summary>The same for the same layers, whatever was pruned before.</summary>
    public string Name => string.Join(" + ", Producers.Select(p => p.Layer).Distinct());
}
