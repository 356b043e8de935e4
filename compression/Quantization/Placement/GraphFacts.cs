using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Compression.Quantization.Placement;

/// <summary>A graph as it is: its nodes in order, who makes and reads each value, the constants and the types. A snapshot: make a new one after the graph changes.</summary>
internal sealed class GraphFacts
{
    private readonly IReadOnlyDictionary<string, TensorType> _types;

    /// <exception cref="ModelFormatException">The graph has a cycle, or two producers of one value.</exception>
    /// <exception cref="GraphException">The types of its values contradict each other.</exception>
    public GraphFacts(Model model)
    {
        Graph = model.Graph;
        Topology = new GraphTopology(Graph);
        Nodes = Topology.Sorted();
        Constants = new ConstantTable(model, Topology.Producer);
        _types = ShapeInference.Infer(model);
    }

    public Graph Graph { get; }

    public GraphTopology Topology { get; }

    /// <summary>Each node after all it reads.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    public ConstantTable Constants { get; }

    /// <summary>The value's type; Undefined where nothing is known.</summary>
    public TensorType TypeOf(string value) => _types.GetValueOrDefault(value);

    /// <summary>Whether a value may be float32 data that changes from sample to sample.</summary>
    public bool IsActivation(string value) => Constants.Find(value) is null && TypeOf(value).Element is ElementType.Float or ElementType.Undefined;
}
