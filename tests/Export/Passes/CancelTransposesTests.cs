using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Export.Passes;
using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Tests.Passes;

public sealed class CancelTransposesTests
{
    private static readonly long[] ToFirst = [0, 3, 1, 2];
    private static readonly long[] ToLast = [0, 2, 3, 1];

    private readonly CancelTransposes _pass = new();

    [Fact]
    public void An_order_that_changes_nothing_goes()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3, 4, 5);
        var y = graph.Op("Relu", Transpose(graph, x, [0, 1, 2, 3]));
        Assert.Equal(["Relu"], Rewritten(graph, y, 3, 4, 5));
    }

    [Fact]
    public void Inverse_neighbours_go_and_others_become_one()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3, 4, 5);
        var y = graph.Op("Relu", Transpose(graph, Transpose(graph, x, ToLast), ToFirst));
        Assert.Equal(["Relu"], Rewritten(graph, y, 3, 4, 5));

        graph = new TestModel();
        x = graph.Input("x", ElementType.Float, "batch", 3, 4, 5);
        y = graph.Op("Relu", Transpose(graph, Transpose(graph, x, [0, 3, 2, 1]), ToFirst));
        Assert.Equal(["Transpose", "Relu"], Rewritten(graph, y, 3, 5, 4));
    }

    [Fact]
    public void A_pair_meets_through_elementwise_nodes_with_constants_on_any_one_axis()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3, 4, 5);
        var y = graph.Op("Mul", graph.Op("Add", Transpose(graph, x, ToLast), graph.Weight("bias", 3)), graph.Weight("scale", 4, 1, 1));
        y = graph.Op("Clip", graph.Op("Add", y, graph.Constant(Initializer.Scalar("one", 1f))), graph.Constant(Initializer.Scalar("low", 0f)));
        y = Transpose(graph, graph.Op("PRelu", y, graph.Weight("slope", 3)), ToFirst);
        Assert.Equal(["Add", "Mul", "Add", "Clip", "PRelu"], Rewritten(graph, y, 3, 4, 5));
    }

    [Fact]
    public void The_blocks_of_a_channels_last_network_lose_the_transposes_between_them()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 6, 6, 4);
        string Conv(string image) => Transpose(graph, graph.Conv(Transpose(graph, image, ToFirst), 4, 4), ToLast);
        var y = graph.Op("Relu", Conv(x));
        y = graph.Op("Relu", graph.Op("Add", Conv(graph.Op("Relu", Conv(y))), y));
        y = Conv(y);
        var result = PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 6, 6, 4).Build());
        Assert.Equal(2, result.Model.Graph.Nodes.Count(n => n.Is(Ops.Transpose)));
    }

    [Fact]
    public void It_stays_where_it_would_not_meet_another()
    {
        void Declines(Func<TestModel, string, string> tail, string reason, params Dimension[] shape)
        {
            var graph = new TestModel();
            var x = graph.Input("x", ElementType.Float, "batch", 3, 4, 5);
            var y = tail(graph, graph.Op("Relu", Transpose(graph, x, ToLast)));
            PassAssert.Declines(_pass, graph.Output(y, ElementType.Float, ["batch", .. shape]).Build(), reason);
        }

        Declines((g, y) => g.Op("Softmax", y), "neither elementwise nor a Transpose", 4, 5, 3);
        Declines((g, y) => g.Op("Sigmoid", y), "the graph output", 4, 5, 3);
        Declines((g, y) => Transpose(g, g.Op("Add", y, g.Weight("w", 5, 3)), ToFirst), "has several axes", 3, 4, 5);
        Declines((g, y) => Transpose(g, g.Op("Add", y, g.Input("z", ElementType.Float, 3)), ToFirst), "is not transposed the same way", 3, 4, 5);
    }

    [Fact]
    public void One_that_others_read_stays_beside_the_one_that_goes()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3, 4, 5);
        var last = Transpose(graph, x, ToLast);
        graph.Output(graph.Op("Softmax", last), ElementType.Float, "batch", 4, 5, 3);
        var y = graph.Op("Relu", Transpose(graph, last, ToFirst));
        var result = PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 3, 4, 5).Build(), tolerance: 0);
        Assert.Equal(["Transpose", "Softmax", "Relu"], result.Model.Graph.Nodes.Select(n => n.OpType));
    }

    [Fact]
    public void Orders_compose_as_transposes_do()
    {
        var order = Gen.Shuffle(new long[] { 0, 1, 2, 3 });
        var pairs = from a in order from b in order select (a, b);
        Prop.ForAll(pairs.ToArbitrary(), pair =>
        {
            var (first, second) = (new Permutation(pair.a), new Permutation(pair.b));
            long[] sizes = [2, 3, 5, 7];
            long[] After(long[] order, long[] before) => [.. order.Select(axis => before[axis])];
            Assert.Equal(After(pair.b, After(pair.a, sizes)), After(first.Then(second).ToArray(), sizes));
            Assert.Equal(sizes, first.Undo(After(pair.a, sizes)));
        }).QuickCheckThrowOnFailure();
    }

    private IEnumerable<string> Rewritten(TestModel graph, string output, params Dimension[] shape) =>
        PassAssert.Rewrites(_pass, graph.Output(output, ElementType.Float, ["batch", .. shape]).Build(), tolerance: 0).Model.Graph.Nodes.Select(n => n.OpType);

    private static string Transpose(TestModel graph, string input, long[] order) => graph.Op("Transpose", n => n.Set("perm", order), input);
}
