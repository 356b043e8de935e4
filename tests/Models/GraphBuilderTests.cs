using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Tests;

public sealed class GraphBuilderTests
{
    [Fact]
    public void Layers_and_their_weights_have_readable_names()
    {
        var g = new GraphBuilder("net");
        var x = g.Input("image", ElementType.Float, "batch", 3, 8, 8);
        x = g.Relu(g.Conv2d(g.Conv2d(x, 4, kernel: 3), 4, kernel: 3));
        g.Output(g.Linear(g.Flatten(x), 10, name: "head"), "logits");

        Assert.Equal(["conv1", "conv2", "relu1", "flatten1", "head"], g.Build().Graph.Nodes.Select(n => n.Name));
        Assert.Equal(["conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "head.weight", "head.bias"], g.Graph.Initializers.Select(t => t.Name));
        Assert.Equal("Float[batch,10]", g.TypeOf("logits").ToString());
    }

    [Fact]
    public void A_handle_goes_on_to_work_after_its_value_was_named_as_an_output()
    {
        var g = new GraphBuilder("net");
        var x = g.Relu(g.Input("x", ElementType.Float, 2));
        g.Output(x, "features");
        g.Output(g.Tanh(x), "y");
        Assert.Equal(["features"], g.Graph.Nodes[1].Inputs);
        Assert.Equal(["x"], g.Graph.Nodes[0].Inputs);
    }

    [Fact]
    public void An_input_given_out_under_another_name_passes_an_identity()
    {
        var g = new GraphBuilder("net");
        var x = g.Input("x", ElementType.Float, 2);
        g.Output(x, "same");
        Assert.True(g.Graph.Nodes.Single().Is("Identity"));
        Assert.Equal("x", g.Graph.Inputs.Single().Name);
    }

    [Fact]
    public void Nodes_can_be_added_to_a_model_that_was_read()
    {
        var first = new GraphBuilder("net");
        first.Output(first.Linear(first.Input("x", ElementType.Float, "batch", 4), 3), "logits");
        var model = Model.Parse(first.Build().ToBytes());

        var g = GraphBuilder.On(model);
        Assert.Equal("Float[batch,3]", g.TypeOf("logits").ToString());
        g.Output(g.Softmax(g.Value("logits")), "probabilities");
        g.Output(g.Linear(g.Value("logits"), 2), "more");

        Assert.Equal(["logits", "probabilities", "more"], model.Graph.Outputs.Select(o => o.Name));
        Assert.Equal(["linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias"], model.Graph.Initializers.Select(t => t.Name));
        Assert.Empty(GraphValidator.Check(model));
    }

    [Fact]
    public void A_taken_name_gets_a_number_for_nodes_and_is_an_error_for_inputs()
    {
        var g = new GraphBuilder("net");
        var x = g.Input("x", ElementType.Float, 2);
        Assert.Equal(["a", "a_1", "a_2"], Enumerable.Range(0, 3).Select(_ => g.Relu(x, "a").Name));
        Assert.Contains("'x'", Assert.Throws<GraphException>(() => g.Input("x", ElementType.Float, 2)).Message, StringComparison.Ordinal);
        Assert.Throws<GraphException>(() => g.Initializer(Initializer.Scalar("a", 1f)));
    }

    [Fact]
    public void A_node_of_another_domain_imports_its_operator_set()
    {
        var g = new GraphBuilder("net");
        var x = g.Input("x", ElementType.Float, 2, 2);
        g.Node("FusedMatMul", [x, x], domain: Domains.Microsoft);
        Assert.Equal(1, g.Model.Opsets[Domains.Microsoft]);
    }

    [Fact]
    public void A_graph_without_output_is_not_finished() =>
        Assert.Contains("no output", Assert.Throws<GraphException>(() => new GraphBuilder("net").Build()).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_kind_of_attribute_is_kept()
    {
        var g = new GraphBuilder("net");
        g.Node("Anything", [g.Input("x", ElementType.Float, 2)],
            [("i", 3), ("f", 0.5f), ("s", "text"), ("is", [1, 2]), ("fs", new[] { 1f, 2f }), ("ss", new[] { "a", "b" }), ("t", Initializer.Scalar("", 7L))], domain: "org.example");
        var node = Model.Parse(g.Model.ToBytes()).Graph.Nodes.Single();
        Assert.Equal(3, node.Int("i", 0));
        Assert.Equal(0.5f, node.Float("f", 0));
        Assert.Equal("text", node.String("s"));
        Assert.Equal([1, 2], node.Ints("is")!);
        Assert.Equal([1, 2], node.Floats("fs")!);
        Assert.Equal(["a", "b"], node.Strings("ss")!);
        Assert.Equal(7, node.Tensor("t")!.Span<long>()[0]);
    }
}
