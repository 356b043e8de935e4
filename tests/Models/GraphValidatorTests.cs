namespace OnnxPipeline.Models.Tests;

public sealed class GraphValidatorTests
{
    [Fact]
    public void Every_problem_is_reported_at_once()
    {
        var graph = new Graph("broken");
        graph.Inputs.Add(new Value("x", ElementType.Float, 2));
        graph.Inputs.Add(new Value("x", ElementType.Float, 2));
        graph.Nodes.Add(new Node("Relu", ["ghost"], ["a"], "first"));
        graph.Nodes.Add(new Node("Relu", ["x"], ["a"], "first"));
        graph.Nodes.Add(new Node("Relu", ["x"], ["x"], "over"));
        graph.Nodes.Add(new Node("Fused", ["x"], ["b"], "alien", "org.example"));
        graph.Outputs.Add(new Value("nowhere", ElementType.Float, 2));

        var problems = GraphValidator.Check(new Model(graph));

        AssertHas(problems, GraphProblemKind.DuplicateName, "inputs are named 'x'");
        AssertHas(problems, GraphProblemKind.DuplicateName, "nodes are named 'first'");
        AssertHas(problems, GraphProblemKind.DuplicateName, "'a' is produced by two nodes");
        AssertHas(problems, GraphProblemKind.Shadowed, "'over' produces 'x'");
        AssertHas(problems, GraphProblemKind.Dangling, "'first' (Relu) reads 'ghost'");
        AssertHas(problems, GraphProblemKind.Dangling, "output 'nowhere'");
        AssertHas(problems, GraphProblemKind.MissingOpset, "'org.example' (Fused)");
        Assert.Equal(7, problems.Count);
    }

    [Fact]
    public void A_cycle_is_named_by_its_nodes()
    {
        var graph = Line(("Add", ["x", "b"], "a"), ("Relu", ["a"], "b"));
        AssertHas(GraphValidator.Check(new Model(graph)), GraphProblemKind.Cycle, "Add(a), Relu(b)");
    }

    [Fact]
    public void Nodes_out_of_order_are_reported_and_a_graph_without_output_too()
    {
        AssertHas(GraphValidator.Check(new Model(Line(("Relu", ["a"], "b"), ("Relu", ["x"], "a")))), GraphProblemKind.Order, "Relu(b)");
        AssertHas(GraphValidator.Check(new Model(new Graph("empty"))), GraphProblemKind.NoOutput, "no output");
    }

    [Fact]
    public void Types_that_contradict_each_other_are_reported()
    {
        var graph = Line(("Add", ["x", "w"], "b"));
        graph.Initializers.Add(Initializer.Zeros("w", ElementType.Float, 3));
        AssertHas(GraphValidator.Check(new Model(graph)), GraphProblemKind.Type, "broadcast");
    }

    [OnnxTestDataFact]
    public void ONNXs_own_models_are_sound()
    {
        var problems = OnnxTestData.Models.SelectMany(path => GraphValidator.Check(Model.Load(path)).Select(p => $"{OnnxTestData.NameOf(path)}: {p}")).ToArray();
        Assert.True(problems.Length == 0, string.Join("\n", problems));
    }

    private static Graph Line(params (string Op, string[] Inputs, string Output)[] nodes)
    {
        var graph = new Graph("line");
        graph.Inputs.Add(new Value("x", ElementType.Float, 2));
        graph.Nodes.AddRange(nodes.Select(n => new Node(n.Op, n.Inputs, [n.Output])));
        graph.Outputs.Add(new Value("b", ElementType.Float, 2));
        return graph;
    }

    private static void AssertHas(IReadOnlyList<GraphProblem> problems, GraphProblemKind kind, string text) =>
        Assert.Contains(problems, p => p.Kind == kind && p.Message.Contains(text, StringComparison.Ordinal));
}
