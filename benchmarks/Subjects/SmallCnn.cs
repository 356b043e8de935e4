using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Benchmarks.Subjects;

/// <summary>The network of the default recipe, with fresh weights, and images for it.</summary>
internal static class SmallCnn
{
    /// <summary>Pixels of a row and of a column; there is one channel.</summary>
    public const int Side = 28;

    public const int Classes = 10;

    /// <summary>The network as training leaves it, node by node.</summary>
    public static Model Network() => ModelRegistry.Build(
        new CnnOptions { Channels = [[16, 16], [32, 32], [64, 64]], Dropout = 0.05, GlobalPool = true },
        new ImageModelInput(1, Side, Side) { Mean = [72.9f], Std = [90f] }, ModelOutput.Classes(Classes), seed: 1);

    /// <summary>A network as it is exported: raw pixels in, named probabilities out.</summary>
    public static Model Deployed(Model model) => Exporter.Export(model, new ExportSettings { Labels = [.. Enumerable.Range(0, Classes).Select(c => $"{c}")] }).Model;

    /// <summary>Random pixels of a number of images.</summary>
    public static byte[] Pixels(int images, ulong stream = 0)
    {
        var random = new CounterRandom(1, RandomPurpose.Sampling, stream);
        var pixels = new byte[images * Side * Side];
        foreach (ref var pixel in pixels.AsSpan()) pixel = (byte)random.NextUInt32();
        return pixels;
    }
}
