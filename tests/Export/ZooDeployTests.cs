using OnnxPipeline.Models;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Export.Tests;

/// <summary>Models of the zoo, as training leaves them, through the passes to a deployable model.</summary>
public sealed class ZooDeployTests
{
    private static readonly ImageModelInput Images = new(3, 28, 28) { Mean = [0.5f, 0.4f, 0.3f], Std = [0.2f, 0.3f, 0.25f] };

    private static readonly Dictionary<string, (ModelOptions Options, int BatchNormsLeft)> Cases = new()
    {
        ["mlp"] = (new MlpOptions { Hidden = [8], BatchNorm = true, Dropout = 0.1 }, 0),
        ["mlp, norm after the activation"] = (new MlpOptions { Hidden = [8], BatchNorm = true, BatchNormOrder = Placement.AfterActivation }, 0),
        ["residual-mlp"] = (new ResidualMlpOptions { Width = 8, BatchNorm = true }, 0),
        ["block-cnn"] = (new BlockCnnOptions { Filters = [4, 6], BatchNorm = true, Dropout = 0.1 }, 0),
        ["resnet"] = (new ResNetOptions { Filters = [4, 6], Dropout = 0.1 }, 0),
        ["resnet, bottleneck"] = (new ResNetOptions { Filters = [8], Bottleneck = true }, 0),
        ["resnet18"] = (new ResNet18Options { Width = 1.0 / 16 }, 0),
        ["regularized-cnn"] = (new RegularizedCnnOptions { Widths = [4, 6, 8] }, 0),
        // The first normalisation of each group comes after a pooling, where no convolution can take it up.
        ["airbench"] = (new AirbenchOptions { Widths = [8, 12, 12] }, 3),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_deployed_model_gives_the_same_with_its_normalisations_folded(string name)
    {
        var (options, batchNormsLeft) = Cases[name];
        var model = Trained(ModelRegistry.Build(options, Images, 5, seed: 3));
        var deployed = PassPipeline.Deploy().Run(model).Model;

        var feeds = Reference.RandomFeeds(model, batch: 3);
        PassAssert.SameOutputs(Reference.Run(model, feeds), Reference.Run(deployed, feeds), PassAssert.Tolerance);
        Assert.Equal(batchNormsLeft, deployed.Graph.Nodes.Count(n => n.Is(Ops.BatchNormalization)));
        Assert.DoesNotContain(deployed.Graph.Nodes, n => n.Is(Ops.Constant) || n.Is(Ops.Dropout));
    }

    [Fact]
    public void Pixel_normalisation_goes_into_the_whitening_filters()
    {
        var deployed = PassPipeline.Deploy().Run(ModelRegistry.Build(Cases["airbench"].Options, Images, 5, seed: 3)).Model;
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
