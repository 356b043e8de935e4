using OnnxPipeline.Compression.Pruning.Channels;
using OnnxPipeline.Compression.Pruning.Dependencies;
using OnnxPipeline.Export.Tests;
using OnnxPipeline.Models;

namespace OnnxPipeline.Compression.Tests.Pruning;

/// <summary>
/// What removing channels must amount to: the model as it was, with every weight that reads a removed channel at 0. It asks only the
/// products themselves where they read.
/// </summary>
internal static class ChannelOracle
{
    private const int ChannelAxis = 1;

    public static void AssertRemoves(Model model, IReadOnlyList<Channel> removed, double tolerance = 1e-4)
    {
        var pruned = ChannelRemover.Remove(model, removed);
        var silenced = Silence(model, removed);
        var feeds = Reference.RandomFeeds(model, batch: 3);
        var expected = Reference.Run(silenced, feeds);
        foreach (var (name, actual) in Reference.Run(pruned, feeds))
        {
            Assert.Equal(expected[name].Dims, actual.Dims);
            var (e, a) = (expected[name].Span<float>().ToArray(), actual.Span<float>().ToArray());
            var scale = Math.Max(1, e.Max(Math.Abs));
            for (var i = 0; i < e.Length; i++) Assert.True(Math.Abs(e[i] - a[i]) <= tolerance * scale, $"'{name}'[{i}]: expected {e[i]}, found {a[i]}");
        }
    }

    private static Model Silence(Model model, IReadOnlyList<Channel> removed)
    {
        var silenced = model.Clone();
        var going = removed.SelectMany(c => c.Slots).ToHashSet();
        foreach (var node in silenced.Graph.Nodes)
        {
            int? reading = node.OpType switch
            {
                Ops.Conv when node.Int("group", 1) == 1 => 1,
                Ops.ConvTranspose or Ops.MatMul => 0,
                Ops.Gemm => node.Int("transB", 0) != 0 ? 1 : 0,
                _ => null,
            };
            // The first layer of some models reads the image by Constant kernels.
            if (reading is not { } axis || !silenced.Graph.Initializers.TryGet(node.Inputs[1], out var weight)) continue;
            var block = weight.Dims.Skip(axis + 1).Aggregate(1L, (p, d) => p * d);
            var values = weight.Span<float>();
            for (var i = 0; i < values.Length; i++)
            {
                if (going.Contains(new Slot(node.Inputs[0], ChannelAxis, (int)(i / block % weight.Dims[axis])))) values[i] = 0;
            }
        }
        return silenced;
    }
}
