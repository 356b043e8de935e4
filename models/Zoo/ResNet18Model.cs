using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Zoo;

/// <summary>
/// The model of <see cref="ResNet18Options"/>. A block is activation(x + BatchNorm(Conv(activation(BatchNorm(Conv(x)))))); the first
/// block of every stage but the first halves the image. Source: He et al., "Deep residual learning for image recognition", 2016.
/// </summary>
internal static class ResNet18Model
{
    private const int BlocksPerStage = 2;
    private static readonly int[] Stages = [64, 128, 256, 512];

    public static IEnumerable<string> Check(ResNet18Options options)
    {
        if (options.Width is not (> 0 and < 16)) yield return $"width must be in (0, 16), but is {options.Width}";
    }

    public static WeightInitializer Weights(ResNet18Options options, ulong seed) => new(options.Init, options.Activation, seed);

    public static GraphValue Layers(GraphBuilder graph, ModelFeatures features, ResNet18Options options, int outputs)
    {
        int[] channels = [.. Stages.Select(c => Math.Max(1, (int)Math.Round(c * options.Width)))];
        var x = Convolve(graph, features.RequireImage(), channels[0], stride: 1);
        x = graph.Activate(x, options.Activation);
        for (var block = 0; block < Stages.Length * BlocksPerStage; block++)
        {
            var stage = block / BlocksPerStage;
            var stride = block % BlocksPerStage == 0 && stage > 0 ? 2 : 1;
            x = graph.Residual2d(x, y => Path(graph, y, channels[stage], stride, options), stride, batchNorm: true);
            x = graph.Activate(x, options.Activation);
        }
        return graph.Linear(graph.Flatten(graph.GlobalAveragePool(x)), outputs, name: "head");
    }

    private static GraphValue Path(GraphBuilder graph, GraphValue x, int channels, int stride, ResNet18Options options) =>
        Convolve(graph, graph.Activate(Convolve(graph, x, channels, stride), options.Activation), channels, stride: 1);

    private static GraphValue Convolve(GraphBuilder graph, GraphValue x, int channels, int stride) =>
        graph.BatchNorm2d(graph.Conv2d(x, channels, kernel: 3, stride, padding: 1, bias: false));
}
