using System.Diagnostics;
using OnnxPipeline.Models;
using Xunit.Abstractions;

namespace OnnxPipeline.Export.Tests;

/// <summary>Tests that measure time run by themselves, when the others are done.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SpeedCollection
{
    public const string Name = "speed";
}

[Collection(SpeedCollection.Name)]
public sealed class DeployPipelineSpeedTests(ITestOutputHelper log)
{
    [Fact]
    public void A_large_deep_model_takes_less_than_two_seconds()
    {
        const int Width = 256;
        const int Blocks = 42;
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", Width, 8, 8);
        for (var i = 0; i < Blocks; i++)
        {
            var y = graph.Op("Dropout", graph.Op("Relu", graph.BatchNorm(graph.Conv(x, Width, Width, bias: false), Width)));
            x = graph.Op("Add", x, y);
        }
        var model = graph.Output(x, ElementType.Float, "batch", Width, 8, 8).Build();
        var bytes = model.Graph.Initializers.Sum(i => (long)i.Bytes.Length);
        Assert.True(bytes > 96_000_000);

        // The fastest of three: the machine may be busy with other things.
        var fastest = TimeSpan.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            var result = PassPipeline.Deploy().Run(model);
            fastest = watch.Elapsed < fastest ? watch.Elapsed : fastest;
            Assert.Equal(3 * Blocks, result.Model.Graph.Nodes.Count);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, bytes, 2 * bytes);
        }
        log.WriteLine($"{bytes / 4} parameters, {model.Graph.Nodes.Count} nodes: {fastest.TotalSeconds:f2} s");
        Assert.True(fastest < TimeSpan.FromSeconds(2), $"it took {fastest.TotalSeconds:f2} s");
    }

    [Fact]
    public void Work_grows_with_the_number_of_nodes_and_not_with_its_square()
    {
        static Model Identities(int count)
        {
            var graph = new TestModel();
            var x = graph.Input("x", ElementType.Float, "batch", 2);
            for (var i = 0; i < count; i++) x = graph.Op("Identity", graph.Op("Relu", graph.Op("Add", x, graph.Op("Constant", n => n.Set("value_float", 1f)))));
            return graph.Output(x, ElementType.Float, "batch", 2).Build();
        }

        // Processor time, which other processes do not lengthen; the least of three, for the first also compiles.
        static TimeSpan Work(Model model) => Enumerable.Range(0, 3).Min(_ =>
        {
            var before = Environment.CpuUsage.TotalTime;
            Assert.Equal(model.Graph.Nodes.Count / 2, PassPipeline.Deploy().Run(model).Model.Graph.Nodes.Count);
            return Environment.CpuUsage.TotalTime - before;
        });

        // Eight times the nodes take eight times as long when the work is linear, 64 times when it is quadratic; between them is room for noise.
        var ratio = Work(Identities(8000)) / Work(Identities(1000));
        log.WriteLine($"eight times the nodes: {ratio:f1} times as long");
        Assert.True(ratio < 32, $"eight times the nodes took {ratio:f1} times as long");
    }
}
