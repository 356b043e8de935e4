using OnnxPipeline.Models;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Export.Tests;

/// <summary>Models that PyTorch exported.</summary>
public sealed class TorchvisionTests
{
    /// <summary>Fifty layers of random weights give outputs of about ten, each layer a rounding.</summary>
    private const double Tolerance = 1e-3;

    public static TheoryData<string> Names => [.. TorchvisionModels.Names];

    public static TheoryData<string> NamesWithLogits => [.. TorchvisionModels.NamesWithLogits];

    [Theory]
    [MemberData(nameof(NamesWithLogits))]
    public void A_loaded_and_optimised_model_gives_the_logits_that_PyTorch_computed(string name)
    {
        using var folder = new TempFolder();
        var deployed = PassPipeline.Deploy().Run(Model.Load(TorchvisionModels.Write(name, folder.Path))).Model;
        var images = Initializer.Create<float>("input", TorchvisionModels.Images(), 2, 3, TorchvisionModels.Size, TorchvisionModels.Size);
        var output = Reference.Run(deployed, [images])["output"];

        Assert.Equal([2L, TorchvisionModels.Classes], output.Dims);
        foreach (var (expected, actual) in TorchvisionModels.Logits(name).Zip(output.Span<float>().ToArray())) Assert.Equal(expected, actual, Tolerance);
        Assert.DoesNotContain(deployed.Graph.Nodes, n => n.Is(Ops.BatchNormalization));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_pass_leaves_the_outputs(string name)
    {
        using var folder = new TempFolder();
        var model = Model.Load(TorchvisionModels.Write(name, folder.Path));
        var feeds = Reference.RandomFeeds(model);
        var expected = Reference.Run(model, feeds);
        PassAssert.SameOutputs(expected, Reference.Run(PassPipeline.Deploy().Run(model).Model, feeds), Tolerance);
    }
}
