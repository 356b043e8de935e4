using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Compression.Tests.Quantization;

/// <summary>Deployed classifiers of random weights, and images for them whose labels are what the float model answers.</summary>
internal static class Classifiers
{
    public static readonly string[] Labels = [.. Enumerable.Range(0, 10).Select(c => $"class {c}")];

    /// <summary>The network of the default recipe, exported.</summary>
    public static Model Cnn(int side = 28, int channels = 1, ImageLayout? layout = null) => Exported(
        new CnnOptions { Channels = [[16, 16], [32, 32], [64, 64]], GlobalPool = true },
        new ImageModelInput(channels, side, side) { Mean = [.. Enumerable.Repeat(0.286f, channels)], Std = [.. Enumerable.Repeat(0.353f, channels)] },
        layout);

    public static Model Mlp(params int[] hidden) => Exported(new MlpOptions { Hidden = hidden.Length > 0 ? hidden : [64, 48] }, new ImageModelInput(1, 12, 12) { Mean = [0.4f], Std = [0.3f] });

    /// <summary>Its biases are no zeros, as fresh ones are.</summary>
    public static Model Exported(ModelOptions options, ImageModelInput input, ImageLayout? layout = null)
    {
        var model = ModelRegistry.Build(options, input, ModelOutput.Classes(Labels.Length), seed: 3);
        var random = new Random(8);
        foreach (var bias in model.Graph.Initializers.Where(i => i.Name.EndsWith(".bias", StringComparison.Ordinal)))
        {
            foreach (ref var b in bias.Span<float>()) b = 0.1f * random.NextSingle() - 0.05f;
        }
        return Exporter.Export(model, new ExportSettings { Labels = Labels, ToolVersion = "test", Input = layout }).Model;
    }

    public static Initializer Bias(Model model, string node) => model.Graph.Initializers[model.Graph.Nodes.Single(n => n.Name == node).Inputs[2]];

    /// <summary>Images of soft blobs, not noise, so that deep values spread as those of real images do.</summary>
    public static HeldOutSamples Images(int count, int side = 28, int channels = 1, int seed = 1)
    {
        var random = new Random(seed);
        var pixels = new byte[count * channels * side * side];
        var labels = new int[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = random.Next(Labels.Length);
            var (x, y, size) = (random.NextDouble() * side, random.NextDouble() * side, 2 + random.NextDouble() * side / 2);
            for (var p = 0; p < channels * side * side; p++)
            {
                var (dx, dy) = (p % side - x, p / side % side - y);
                pixels[i * channels * side * side + p] = (byte)(230 * Math.Exp(-(dx * dx + dy * dy) / (size * size)) + random.Next(25));
            }
        }
        return HeldOutSamples.Of(pixels, labels);
    }
}
