using OnnxPipeline.Models;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Export.Tests;

/// <summary>Models of the zoo, as training leaves them, through the passes to a deployable model.</summary>
public sealed class ZooDeployTests
{
    private static readonly ImageModelInput Images = new(3, 28, 28) { Mean = [0.5f, 0.4f, 0.3f], Std = [0.2f, 0.3f, 0.25f] };

    private static readonly Dictionary<string, ModelOptions> Cases = new()
    {
        ["mlp"] = new MlpOptions { Hidden = [8], BatchNorm = true, Dropout = 0.1 },
        ["mlp, norm after the activation"] = new MlpOptions { Hidden = [8], BatchNorm = true, BatchNormOrder = Placement.AfterActivation },
        ["residual-mlp"] = new ResidualMlpOptions { Width = 8, BatchNorm = true },
        ["block-cnn"] = new BlockCnnOptions { Filters = [4, 6], BatchNorm = true, Dropout = 0.1 },
        ["resnet"] = new ResNetOptions { Filters = [4, 6], Dropout = 0.1 },
        ["resnet, bottleneck"] = new ResNetOptions { Filters = [8], Bottleneck = true },
        ["resnet18"] = new ResNet18Options { Width = 1.0 / 16 },
        ["regularized-cnn"] = new RegularizedCnnOptions { Widths = [4, 6, 8] },
        ["airbench"] = new AirbenchOptions { Widths = [8, 12, 12] },
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_deployed_model_gives_the_same_with_its_normalisations_folded(string name)
    {
        var model = Trained(ModelRegistry.Build(Cases[name], Images, 5, seed: 3));
        var deployed = PassPipeline.Deploy().Run(model).Model;

        var feeds = Reference.RandomFeeds(model, batch: 3);
        PassAssert.SameOutputs(Reference.Run(model, feeds), Reference.Run(deployed, feeds), PassAssert.Tolerance);
        Assert.DoesNotContain(deployed.Graph.Nodes, n => n.Is(Ops.BatchNormalization) || n.Is(Ops.Constant) || n.Is(Ops.Dropout));
    }

    [Fact]
    public void Pixel_normalisation_goes_into_the_whitening_filters()
    {
        var deployed = PassPipeline.Deploy().Run(ModelRegistry.Build(Cases["airbench"], Images, 5, seed: 3)).Model;
        Assert.Equal([Ops.Cast, Ops.Conv], deployed.Graph.Nodes.Take(2).Select(n => n.OpType));
    }

    /// <summary>Running statistics and scales as if something had been learnt.</summary>
    private static Model Trained(Model model)
    {
        var random = new CounterRandom(1, RandomPurpose.Sampling);
        foreach (var tensor in model.Graph.Initializers.Where(t => t.Dims.Count == 1))
        {
            foreach (ref var value in tensor.Span<float>()) value += 0.3f * (random.NextSingle() - 0.5f);
        }
        return model;
    }
}
