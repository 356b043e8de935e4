using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Tests;

public sealed class DeployPipelineTests
{
    /// <summary>One layer of a random chain.</summary>
    private sealed record Layer(int Kind, int Width, int Group, bool Bias, int Pad);

    [Fact]
    public void Any_chain_of_layers_keeps_its_outputs_and_loses_nodes()
    {
        var layer = from kind in Gen.Choose(0, 4)
                    from width in Gen.Choose(1, 3)
                    from grouped in Gen.Choose(0, 1)
                    from bias in Gen.Choose(0, 1)
                    from pad in Gen.Choose(0, 1)
                    select new Layer(kind, width * 2, grouped == 1 ? 2 : 1, bias == 1, pad);
        var chains = from layers in Gen.ListOf(layer)
                     from seed in Gen.Choose(1, 1000)
                     select (layers.Take(8).ToArray(), (ulong)seed);
        var property = Prop.ForAll(chains.ToArbitrary(), chain =>
        {
            var model = Chain(chain.Item1, chain.Item2);
            var result = PassPipeline.Deploy().Run(model);
            var feeds = Reference.RandomFeeds(model, batch: 3);
            PassAssert.SameOutputs(Reference.Run(model, feeds), Reference.Run(result.Model, feeds), PassAssert.Tolerance);
            Assert.True(result.Model.Graph.Nodes.Count < model.Graph.Nodes.Count);
            foreach (var pass in PassPipeline.Deploy().Passes)
            {
                model = pass.Apply(model).Model;
                Assert.False(pass.Apply(model).Modified, $"{pass.Name} found something to do the second time");
            }
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(2026, 1), property);
    }

    [Fact]
    public void An_empty_graph_and_one_without_work_are_returned_as_they_are()
    {
        var empty = new Model(new Graph("empty"));
        var result = PassPipeline.Deploy().Run(empty);
        Assert.False(result.Modified);
        Assert.Same(empty, result.Model);
    }

    [Fact]
    public void Two_nodes_that_make_one_value_are_a_format_error()
    {
        var graph = new TestModel();
        var y = graph.Op("Relu", graph.Input("x", ElementType.Float, "batch", 2));
        graph.Graph.Nodes.Add(new Node("Neg", ["x"], [y]));
        var model = graph.Output(y, ElementType.Float, "batch", 2).Build();
        Assert.Contains("produced by two nodes", Assert.Throws<ModelFormatException>(() => PassPipeline.Deploy().Run(model)).Message, StringComparison.Ordinal);
    }

    /// <summary>Layers on a 4-channel image, the whole closed by Dropout and Relu so that there is always something to do.</summary>
    private static Model Chain(Layer[] layers, ulong seed)
    {
        var graph = new TestModel(seed);
        var (x, channels) = (graph.Input("x", ElementType.Float, "batch", 4, 24, 24), 4);
        foreach (var layer in layers)
        {
            switch (layer.Kind)
            {
                case 0:
                    x = graph.Conv(x, channels, layer.Width, pad: layer.Pad, group: layer.Group, bias: layer.Bias);
                    channels = layer.Width;
                    break;
                case 1: x = graph.BatchNorm(x, channels); break;
                case 2: x = graph.Op("Relu", x); break;
                case 3: x = graph.Op("Identity", x); break;
                default: x = graph.Op("Mul", x, graph.Op("Sqrt", graph.Uniform($"scale{graph.Graph.Nodes.Count}", 0.5f, 1.5f, channels, 1, 1))); break;
            }
        }
        x = graph.Op("Relu", graph.Op("Dropout", x));
        return graph.Output(x, ElementType.Float, "batch", channels, Dimension.Unknown, Dimension.Unknown).Build();
    }
}
