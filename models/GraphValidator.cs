using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Models;

/// <summary>What is wrong with a graph.</summary>
public enum GraphProblemKind
{
    /// <summary>A node or graph output reads a value that nothing makes.</summary>
    Dangling,

    /// <summary>Two inputs, nodes or outputs of one name.</summary>
    DuplicateName,

    /// <summary>A node makes a value that is also an input or initializer.</summary>
    Shadowed,

    /// <summary>Nodes that wait for one another.</summary>
    Cycle,

    /// <summary>Nodes that do not come after what they read, though some order would do.</summary>
    Order,

    /// <summary>A graph without outputs.</summary>
    NoOutput,

    /// <summary>A node whose domain the model imports no operator set for.</summary>
    MissingOpset,

    /// <summary>Types or shapes that contradict each other.</summary>
    Type,
}

public sealed record GraphProblem(GraphProblemKind Kind, string Message)
{
    public override string ToString() => Message;
}

/// <summary>Checks a model's graph against the rules of the format (https://github.com/onnx/onnx/blob/main/docs/IR.md).</summary>
public static class GraphValidator
{
    /// <summary>Every problem, not only the first; none for a sound model. Types are checked once all else is in order.</summary>
    public static IReadOnlyList<GraphProblem> Check(Model model)
    {
        List<GraphProblem> problems =
        [
            .. Outputs(model.Graph), .. Names(model.Graph), .. Producers(model.Graph), .. Dangling(model.Graph), .. Opsets(model),
        ];
        if (problems.Count == 0) problems.AddRange(Order(model.Graph));
        if (problems.Count == 0) problems.AddRange(Types(model));
        return problems;
    }

    private static IEnumerable<GraphProblem> Outputs(Graph graph)
    {
        if (graph.Outputs.Count == 0) yield return new(GraphProblemKind.NoOutput, $"The graph '{graph.Name}' has no output.");
    }

    private static IEnumerable<GraphProblem> Names(Graph graph) =>
        Repeated(graph.Inputs.Select(i => i.Name), "inputs")
            .Concat(Repeated(graph.Outputs.Select(o => o.Name), "outputs"))
            .Concat(Repeated(graph.Nodes.Select(n => n.Name).Where(n => n.Length > 0), "nodes"));

    private static IEnumerable<GraphProblem> Repeated(IEnumerable<string> names, string what) => names
        .GroupBy(name => name, StringComparer.Ordinal)
        .Where(group => group.Count() > 1)
        .Select(group => new GraphProblem(GraphProblemKind.DuplicateName, $"{group.Count()} {what} are named '{group.Key}'; names must be unique."));

    private static IEnumerable<GraphProblem> Producers(Graph graph)
    {
        var given = Given(graph);
        var producers = new Dictionary<string, Node>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            foreach (var output in node.Outputs.Where(o => o.Length > 0))
            {
                if (given.Contains(output))
                    yield return new(GraphProblemKind.Shadowed, $"Node '{node.DisplayName}' produces '{output}', which is already an input or initializer.");
                if (!producers.TryAdd(output, node))
                    yield return new(GraphProblemKind.DuplicateName, $"Value '{output}' is produced by two nodes: '{producers[output].DisplayName}' and '{node.DisplayName}'.");
            }
        }
    }

    private static IEnumerable<GraphProblem> Dangling(Graph graph)
    {
        var known = Given(graph);
        known.UnionWith(graph.Nodes.SelectMany(n => n.Outputs));
        foreach (var node in graph.Nodes)
        {
            foreach (var input in GraphTopology.UsedBy(node).Distinct().Where(i => !known.Contains(i)))
                yield return new(GraphProblemKind.Dangling, $"Node '{node.DisplayName}' ({node.QualifiedOpType}) reads '{input}', which is no input, no initializer and no node's output.");
        }
        foreach (var output in graph.Outputs.Where(o => !known.Contains(o.Name)))
            yield return new(GraphProblemKind.Dangling, $"Graph output '{output.Name}' is no input, no initializer and no node's output.");
    }

    private static IEnumerable<GraphProblem> Opsets(Model model) => Nodes(model.Graph)
        .GroupBy(node => node.Domain, StringComparer.Ordinal)
        .Where(group => !model.Opsets.ContainsKey(group.Key))
        .Select(group => new GraphProblem(GraphProblemKind.MissingOpset,
            $"{group.Count()} node(s) use the domain '{(group.Key.Length == 0 ? "ai.onnx" : group.Key)}' ({string.Join(", ", group.Select(n => n.OpType).Distinct().Take(5))}), but the model imports no operator set for it."));

    private static IEnumerable<GraphProblem> Order(Graph graph)
    {
        List<Node>? sorted = null;
        string? cycle = null;
        try
        {
            sorted = new GraphTopology(graph).Sorted();
        }
        catch (ModelFormatException exception)
        {
            cycle = exception.Message;
        }
        if (cycle is not null) yield return new(GraphProblemKind.Cycle, cycle);
        else if (graph.Nodes.Zip(sorted!).FirstOrDefault(pair => pair.First != pair.Second) is { First: { } early })
            yield return new(GraphProblemKind.Order, $"Node '{early.DisplayName}' comes before a node whose output it reads; nodes must be in topological order.");
    }

    private static IEnumerable<GraphProblem> Types(Model model)
    {
        string? problem = null;
        try
        {
            ShapeInference.Infer(model);
        }
        catch (Exception exception) when (exception is GraphException or ModelFormatException)
        {
            problem = exception.Message;
        }
        if (problem is not null) yield return new(GraphProblemKind.Type, problem);
    }

    private static HashSet<string> Given(Graph graph) => [.. graph.Inputs.Select(i => i.Name), .. graph.Initializers.Select(i => i.Name)];

    private static IEnumerable<Node> Nodes(Graph graph) => graph.Nodes.Concat(graph.Nodes.SelectMany(n => n.Subgraphs).SelectMany(Nodes));
}
