using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Tests;

/// <summary>What the passes to a deployable model allocate; how long they take is a benchmark ("passes").</summary>
public sealed class DeployPipelineMemoryTests
{
    [Fact]
    public void The_weights_of_a_large_deep_model_are_copied_once()
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

        var (allocated, nodes) = Run(model);
        Assert.Equal(3 * Blocks, nodes);
        Assert.InRange(allocated, bytes, 2 * bytes);
    }

    [Fact]
    public void What_is_allocated_grows_with_the_number_of_nodes_and_not_with_its_square()
    {
        static long Allocated(int count)
        {
            var graph = new TestModel();
            var x = graph.Input("x", ElementType.Float, "batch", 2);
            for (var i = 0; i < count; i++) x = graph.Op("Identity", graph.Op("Relu", graph.Op("Add", x, graph.Op("Constant", n => n.Set("value_float", 1f)))));
            var (allocated, nodes) = Run(graph.Output(x, ElementType.Float, "batch", 2).Build());
            Assert.Equal(2 * count, nodes);
            return allocated;
        }

        // The first run also sets up what later ones find.
        Allocated(10);
        Assert.InRange(Allocated(4000) / (double)Allocated(500), 6, 12);
    }

    private static (long Allocated, int Nodes) Run(Model model)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = PassPipeline.Deploy().Run(model);
        return (GC.GetAllocatedBytesForCurrentThread() - before, result.Model.Graph.Nodes.Count);
    }
}
