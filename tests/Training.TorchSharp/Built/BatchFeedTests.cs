using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Tests;
using OnnxPipeline.Training.Tests;
using OnnxPipeline.Training.TorchSharp.Graphs;
using OnnxPipeline.Training.TorchSharp.State;
using TorchSharp;

namespace OnnxPipeline.Training.TorchSharp.Tests;

/// <summary>Datasets that were moved to a device as a whole, the device being the CPU here.</summary>
public sealed class BatchFeedTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dataset _data;

    public BatchFeedTests() => _data = TestData.Clusters(_folder.File("data"));

    public void Dispose()
    {
        _data.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Batches_picked_on_the_device_are_those_of_the_host()
    {
        using var residents = new ResidentSamples(torch.CPU);
        using var feed = new BatchFeed(torch.CPU, residents);
        using var graph = Doubled();
        using var loader = new BatchLoader(_data.Train, new BatchOptions { BatchSize = 30, Shuffle = true, Seed = 4 });
        foreach (var epoch in new[] { 0, 1 })
        {
            foreach (var batch in loader.Epoch(epoch))
            {
                Assert.Same(_data.Train, batch.Unchanged);
                AssertDoubled(graph, feed, batch);
            }
        }
        Assert.NotNull(residents.Of(_data.Train));
        Assert.True(feed.Release());
        Assert.False(feed.Release());
        foreach (var batch in loader.Epoch(0)) AssertDoubled(graph, feed, batch);
        Assert.Null(residents.Of(_data.Train));
    }

    [Fact]
    public void Samples_that_change_are_brought_from_the_host()
    {
        DatasetWriter.Write(_folder.File("images"), new DatasetContent
        {
            Name = "images",
            Labels = ["a", "b"],
            Train = new SampleSet([new SampleTensor("image", DataKind.UInt8, [1, 4, 4], new byte[8 * 16])], new long[8]),
        });
        using var images = Dataset.Open(_folder.File("images"));
        using var loader = new BatchLoader(images.Train, new BatchOptions { BatchSize = 4, Augment = new AugmentOptions { HorizontalFlip = 0.5 } });
        foreach (var batch in loader.Epoch(0)) Assert.Null(batch.Unchanged);
    }

    private static void AssertDoubled(TorchGraph graph, BatchFeed feed, Batch batch)
    {
        feed.Give(graph, batch, batch.Count);
        graph.Run();
        var expected = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(batch.Features[0].Bytes).ToArray();
        Assert.Equal([.. expected.Select(x => 2 * x)], HostCopy.Floats(graph[graph.PlaceOf("y")]));
    }

    /// <summary>y = x + x.</summary>
    private static TorchGraph Doubled()
    {
        var graph = new Graph("doubled");
        graph.Inputs.Add(new Value("x", ElementType.Float, "batch", 8));
        graph.Nodes.Add(new Node(Ops.Add, ["x", "x"], ["y"]));
        graph.Outputs.Add(new Value("y", ElementType.Float, "batch", 8));
        return new TorchCompiler(torch.CPU).Compile(new Model(graph), ["y"]);
    }
}
