using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Training.Tests.Zoo;

/// <summary>PyTorch's figures for a small instance of a model (reference/zoo.json).</summary>
/// <param name="Image">Channels, height and width.</param>
public sealed record ZooReference(string Name, int[] Image, float[] Logits, float Loss, IReadOnlyDictionary<string, SampledGradient> Gradients)
{
    public const int Batch = 6;
    public const int Classes = 3;

    private static readonly Lazy<ZooFile> Figures = new(() => ReferenceCases.Read<ZooFile>("zoo.json"));

    /// <summary>The options that make the instance of each name.</summary>
    private static readonly Dictionary<string, ModelOptions> Instances = new()
    {
        ["mlp"] = new MlpOptions { Depth = 2, Width = 6, Activation = Activation.Tanh },
        ["mlp, norm before the activation"] = new MlpOptions { Hidden = [8, 5], Activation = Activation.Gelu, BatchNorm = true },
        ["mlp, norm after the activation"] = new MlpOptions { Hidden = [8, 5], Activation = Activation.Sigmoid, BatchNorm = true, BatchNormOrder = Placement.AfterActivation },
        ["logistic"] = new LogisticOptions(),
        ["residual-mlp"] = new ResidualMlpOptions { Width = 6, Inner = 5, BatchNorm = true },
        ["block-cnn"] = new BlockCnnOptions { Filters = [4, 6], Kernels = [3, 5, 3, 1], Activation = Activation.LeakyRelu, LeakySlope = 0.2, Pool = Pooling.Average, PoolKernel = 3, PoolStride = 2, PoolPadding = 1, Hidden = [8] },
        ["block-cnn, strided and dilated"] = new BlockCnnOptions { Filters = [3, 4], LayersPerFilter = 1, Stride = 2, Padding = 1, Dilation = 2, BatchNorm = true, Activation = Activation.Tanh, PoolStride = 1, Hidden = [] },
        ["resnet"] = new ResNetOptions { Filters = [4, 4, 6], Hidden = [8] },
        ["resnet, bottleneck"] = new ResNetOptions { Filters = [6, 8, 8], LayersPerFilter = 1, Kernels = [3, 5, 3], BatchNorm = false, Activation = Activation.Tanh, Pool = Pooling.Average, Bottleneck = true, BottleneckFactor = 2, Hidden = [] },
        ["resnet18"] = new ResNet18Options { Width = 1.0 / 32 },
        ["regularized-cnn"] = new RegularizedCnnOptions { Widths = [4, 6, 8], Dropouts = [0, 0, 0], HeadDropout = 0 },
        ["airbench"] = new AirbenchOptions { Widths = [8, 10], TrainWhitening = true },
    };

    public static IReadOnlyList<ZooReference> All => Figures.Value.Networks;

    public static TheoryData<string> Names => [.. All.Select(n => n.Name)];

    public ModelOptions Options => Instances[Name];

    public ImageModelInput Input => new(Image[0], Image[1], Image[2])
    {
        Mean = [.. Enumerable.Repeat(0.45f, Image[0])],
        Std = [.. Enumerable.Repeat(0.25f, Image[0])],
    };

    public static ZooReference Of(string name) => All.First(n => n.Name == name);

    public override string ToString() => Name;

    private sealed record ZooFile(IReadOnlyList<ZooReference> Networks);
}

/// <summary>Every k-th number of a gradient, row-major.</summary>
public sealed record SampledGradient(long[] Shape, int Every, float[] Values);
