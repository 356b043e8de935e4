using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>The element types of values, as far as the graph declares them: inputs, initializers, results of Cast, recorded types.</summary>
internal sealed class ElementTypeTable
{
    private readonly Dictionary<string, ElementType> _types = new(StringComparer.Ordinal);

    public ElementTypeTable(Graph graph)
    {
        foreach (var value in graph.Inputs.Concat(graph.ValueInfos))
        {
            if (value.Type is { Element: not ElementType.Undefined } type) _types[value.Name] = type.Element;
        }
        foreach (var tensor in graph.Initializers) _types[tensor.Name] = tensor.ElementType;
        foreach (var node in graph.Nodes.Where(n => n.Is(Ops.Cast))) _types[node.Outputs[0]] = (ElementType)node.Int("to", 0);
    }

    public ElementType? Of(string? value) => value is not null && _types.TryGetValue(value, out var type) ? type : null;
}
