using OnnxPipeline.Models;
using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>
/// The types of a graph's values as they were when the table was made; a value keeps its type however a pass rewrites around it. A graph
/// that contradicts itself has only the types that it declares.
/// </summary>
internal sealed class ValueTypes
{
    private readonly IReadOnlyDictionary<string, TensorType> _types;

    /// <summary>Infers the types; a pass does so before its first edit.</summary>
    public ValueTypes(Model model)
    {
        try
        {
            _types = ShapeInference.Infer(model);
        }
        catch (GraphException)
        {
            _types = Declared(model.Graph);
        }
    }

    public ElementType? ElementOf(string? value) => value is not null && _types.TryGetValue(value, out var type) && type.Element != ElementType.Undefined ? type.Element : null;

    public TensorShape? ShapeOf(string? value) => value is not null && _types.TryGetValue(value, out var type) ? type.Shape : null;

    private static Dictionary<string, TensorType> Declared(Graph graph)
    {
        var types = new Dictionary<string, TensorType>(StringComparer.Ordinal);
        foreach (var value in graph.Inputs.Concat(graph.ValueInfos).Concat(graph.Outputs))
        {
            if (value.Type is { } type) types[value.Name] = type;
        }
        foreach (var tensor in graph.Initializers) types[tensor.Name] = tensor.Type;
        return types;
    }
}
