using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Zoo;

/// <summary>
/// The model of <see cref="AirbenchOptions"/>: a whitening 2x2 convolution and GELU; groups of (Conv, MaxPool, BatchNorm, GELU) and
/// (Conv, BatchNorm, GELU); MaxPool 3x3; a linear head times 1/9. BatchNorm has a bias alone, and kernels begin as the identity.
/// What is not trained is in Constant nodes.
/// </summary>
internal static class AirbenchModel
{
    private const int PatchSize = 2;
    private const float BatchNormEpsilon = 1e-12f;
    private const float BatchNormMomentum = 0.6f;
    private const float LogitScale = 1f / 9;

    public static IEnumerable<string> Check(AirbenchOptions options) =>
    [
        .. OptionCheck.Counts("widths", options.Widths),
        .. OptionCheck.AtLeast("convsPerGroup", options.ConvsPerGroup, 1),
    ];

    public static WeightInitializer Weights(AirbenchOptions options, ulong seed) => new(Initialization.PyTorch, Activation.Gelu, seed);

    public static GraphValue Layers(GraphBuilder graph, ModelFeatures features, AirbenchOptions options, int outputs)
    {
        features.RequireImage();
        var x = graph.Gelu(Whiten(graph, features, options.TrainWhitening));
        foreach (var width in options.Widths)
        {
            for (var i = 0; i < options.ConvsPerGroup; i++)
            {
                x = graph.Conv2d(x, width, kernel: 3, padding: 1, bias: false);
                SetIdentity(graph.Graph.Initializers[$"{x.Name}.weight"]);
                if (i == 0) x = graph.MaxPool2d(x, kernel: 2);
                x = graph.Gelu(graph.BatchNorm2d(x, BatchNormEpsilon, BatchNormMomentum, scale: false));
            }
        }
        x = graph.Flatten(graph.MaxPool2d(x, kernel: 3));
        return graph.Node(Ops.Mul, [graph.Linear(x, outputs, bias: false, name: "head"), graph.Constant(LogitScale, "logit_scale")], name: "scaled_head");
    }

    private static GraphValue Whiten(GraphBuilder graph, ModelFeatures features, bool train)
    {
        const string name = "whiten";
        var images = features.Images!;
        float[] filters = PatchWhitening.Filters(images, PatchSize);
        long[] dims = [2L * images.Channels * PatchSize * PatchSize, images.Channels, PatchSize, PatchSize];
        var weight = train ? graph.Initializer(Initializer.Create<float>($"{name}.weight", filters, dims)) : graph.Constant<float>(filters, dims, $"{name}.weight");
        var bias = graph.Initializer(graph.Weights.Bias($"{name}.bias", dims[0], images.Channels * PatchSize * PatchSize));
        return graph.Node(Ops.Conv, [features.RequireImage(), weight, bias], [("kernel_shape", Layer.Square(PatchSize, 2))], name);
    }

    /// <summary>Dirac's delta: as many filters as there are input channels pass one channel on each; the rest stay as they began.</summary>
    private static void SetIdentity(Initializer kernels)
    {
        var (outputs, inputs, height, width) = (kernels.Dims[0], kernels.Dims[1], kernels.Dims[2], kernels.Dims[3]);
        var area = height * width;
        var weights = kernels.Span<float>();
        for (var channel = 0L; channel < Math.Min(outputs, inputs); channel++)
        {
            weights.Slice((int)(channel * inputs * area), (int)(inputs * area)).Clear();
            weights[(int)((channel * inputs + channel) * area + height / 2 * width + width / 2)] = 1;
        }
    }
}
