using OnnxPipeline.Compression.Pruning.Dependencies;
using OnnxPipeline.Models;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Compression.Tests.Pruning;

/// <summary>Graphs that PyTorch made, with residual sums, depthwise convolutions and joins.</summary>
public sealed class TorchvisionPruningTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Names => [.. TorchvisionModels.Names];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Half_of_all_channels_but_those_of_the_output_can_be_taken_out(string name)
    {
        var model = Model.Load(TorchvisionModels.Write(name, _folder.Path));
        var analysis = DependencyAnalysis.Of(model);
        Assert.Equal("'output' is an output of the graph", Assert.Single(analysis.Declined).Text);
        var prunable = analysis.Groups.SelectMany(g => g.Producers).Select(p => p.Layer).ToHashSet();
        Assert.All(model.Graph.Nodes.Where(n => n.OpType is Ops.Conv or Ops.Gemm && n.DisplayName != analysis.Declined[0].Subject), n => Assert.Contains(n.DisplayName, prunable));
        ChannelOracle.AssertRemoves(model, [.. analysis.Groups.SelectMany(g => g.Channels.Where((_, i) => i % 2 == 1))], tolerance: 1e-3);
    }
}
