using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Training.Tests.Zoo;

/// <summary>PyTorch's figures for a small instance of a model (reference/zoo.json and tabular.json).</summary>
/// <param name="Image">Channels, height and width; null for a model of tables.</param>
/// <param name="Table">Numeric columns, then the codes of each categorical one; null for a model of images.</param>
public sealed record ZooReference(string Name, float[] Logits, float Loss, IReadOnlyDictionary<string, SampledGradient> Gradients, int[]? Image = null, int[]? Table = null)
{
    public const int Batch = 6;
    public const int Classes = 3;

    private static readonly Lazy<IReadOnlyList<ZooReference>> Figures = new(() => [.. new[] { "zoo.json", "tabular.json" }.SelectMany(file => ReferenceCases.Read<ZooFile>(file).Networks)]);

    /// <summary>The options that make the instance of each name.</summary>
    private static readonly Dictionary<string, ModelOptions> Instances = new()
    {
        ["mlp"] = new MlpOptions { Depth = 2, Width = 6, Activation = Activation.Tanh },
        ["mlp, norm before the activation"] = new MlpOptions { Hidden = [8, 5], Activation = Activation.Gelu, BatchNorm = true },
        ["mlp, norm after the activation"] = new MlpOptions { Hidden = [8, 5], Activation = Activation.Sigmoid, BatchNorm = true, BatchNormOrder = Placement.AfterActivation },
        ["logistic"] = new LogisticOptions(),
        ["residual-mlp"] = new ResidualMlpOptions { Width = 6, Inner = 5, BatchNorm = true },
        ["cnn"] = new CnnOptions { Channels = [[4, 4], [6]], Hidden = 7, Dropout = 0 },
        ["block-cnn"] = new BlockCnnOptions { Filters = [4, 6], Kernels = [3, 5, 3, 1], Activation = Activation.LeakyRelu, LeakySlope = 0.2, Pool = Pooling.Average, PoolKernel = 3, PoolStride = 2, PoolPadding = 1, Hidden = [8] },
        ["block-cnn, strided and dilated"] = new BlockCnnOptions { Filters = [3, 4], LayersPerFilter = 1, Stride = 2, Padding = 1, Dilation = 2, BatchNorm = true, Activation = Activation.Tanh, PoolStride = 1, Hidden = [] },
        ["resnet"] = new ResNetOptions { Filters = [4, 4, 6], Hidden = [8] },
        ["resnet, bottleneck"] = new ResNetOptions { Filters = [6, 8, 8], LayersPerFilter = 1, Kernels = [3, 5, 3], BatchNorm = false, Activation = Activation.Tanh, Pool = Pooling.Average, Bottleneck = true, BottleneckFactor = 2, Hidden = [] },
        ["resnet18"] = new ResNet18Options { Width = 1.0 / 32 },
        ["regularized-cnn"] = new RegularizedCnnOptions { Widths = [4, 6, 8], Dropouts = [0, 0, 0], HeadDropout = 0 },
        ["airbench"] = new AirbenchOptions { Widths = [8, 10], TrainWhitening = true },
        ["tabular-mlp"] = new TabularMlpOptions { Hidden = [7, 5] },
        ["tabular-mlp of numbers"] = new TabularMlpOptions { Hidden = [6], BatchNorm = false, NumberNorm = false, Activation = Activation.Gelu },
        ["wide-deep"] = new WideDeepOptions { Hidden = [6, 5], Dropout = 0 },
        ["deep-cross"] = new DeepCrossOptions { Hidden = [6], Dropout = 0, EmbeddingSize = 2 },
        ["residual-tabular"] = new ResidualTabularOptions { Width = 6, Blocks = 2, Inner = 7 },
        ["numeric-embedding-mlp"] = new NumericEmbeddingOptions { Hidden = [6], Bins = 3, Frequencies = 2, NumberSize = 4, Dropout = 0 },
        ["numeric-embedding-mlp, periodic"] = new NumericEmbeddingOptions { Hidden = [6], Bins = 0, Frequencies = 2, NumberSize = 4, Dropout = 0, BatchNorm = true, Activation = Activation.Tanh },
    };

    public static IReadOnlyList<ZooReference> All => Figures.Value;

    public static TheoryData<string> Names => [.. All.Select(n => n.Name)];

    public ModelOptions Options => Instances[Name];

    public ModelInput Input => Table is [var numbers, .. var categories] ? TableOf(numbers, categories) : ImageOf(Image!);

    public static ZooReference Of(string name) => All.First(n => n.Name == name);

    public override string ToString() => Name;

    private static ImageModelInput ImageOf(int[] image) => new(image[0], image[1], image[2])
    {
        Mean = [.. Enumerable.Repeat(0.45f, image[0])],
        Std = [.. Enumerable.Repeat(0.25f, image[0])],
    };

    private static TableModelInput TableOf(int numbers, int[] categories) => new(numbers, categories)
    {
        Mean = [.. Enumerable.Repeat(0.25f, numbers)],
        Std = [.. Enumerable.Repeat(0.8f, numbers)],
        Quantiles = [.. Enumerable.Repeat<float[]>([-1.5f, -0.5f, 0.5f, 1.75f], numbers)],
    };

    private sealed record ZooFile(IReadOnlyList<ZooReference> Networks);
}

/// <summary>Every k-th number of a gradient, row-major.</summary>
public sealed record SampledGradient(long[] Shape, int Every, float[] Values);
