using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace OnnxPipeline.Tests;

/// <summary>
/// Classification models that no one here wrote: torchvision's, as PyTorch exports them. The graphs lie beside this file, made by
/// make_torchvision.py; the weights, random ones, are computed here, so that the models are there without PyTorch too. All take
/// "input", Float[batch,3,64,64], and give "output", Float[batch,100].
/// </summary>
internal static class TorchvisionModels
{
    public const int Size = 64;
    public const int Classes = 100;

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "torchvision");

    /// <summary>Names such as "resnet18"; those with "-bn" keep their BatchNormalization, the others have it folded.</summary>
    public static IEnumerable<string> Names => Directory.EnumerateFiles(Folder, "*.onnx").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal);

    /// <summary>Those whose logits PyTorch computed.</summary>
    public static IEnumerable<string> NamesWithLogits => Names.Where(name => File.Exists(PathOf(name, ".logits")));

    /// <summary>Writes a model and its external data to a folder, and returns the model's path.</summary>
    public static string Write(string name, string folder)
    {
        var path = Path.Combine(folder, name + ".onnx");
        File.Copy(PathOf(name, ".onnx"), path, overwrite: true);
        using var data = File.Create(path + ".data");
        foreach (var line in File.ReadLines(PathOf(name, ".weights")))
        {
            var fields = line.Split(' ');
            var values = Noise(fields[0], int.Parse(fields[1], CultureInfo.InvariantCulture));
            var (low, high) = (float.Parse(fields[2], CultureInfo.InvariantCulture), float.Parse(fields[3], CultureInfo.InvariantCulture));
            foreach (ref var value in values.AsSpan()) value = low + (high - low) * value;
            data.Write(MemoryMarshal.AsBytes(values.AsSpan()));
        }
        return path;
    }

    /// <summary>The two images whose logits are stored, [2,3,64,64].</summary>
    public static float[] Images() => Noise("images", 2 * 3 * Size * Size);

    /// <summary>What PyTorch gives for <see cref="Images"/>, [2,100].</summary>
    public static double[] Logits(string name) => [.. File.ReadLines(PathOf(name, ".logits")).Select(line => double.Parse(line, CultureInfo.InvariantCulture))];

    private static string PathOf(string name, string extension) => Path.Combine(Folder, name + extension);

    /// <summary>Uniform in [0, 1): MurmurHash3's finaliser over the FNV-1a hash of the name plus the index times an odd number.</summary>
    private static float[] Noise(string name, int count)
    {
        var seed = 0x811C9DC5;
        foreach (var b in Encoding.UTF8.GetBytes(name)) seed = unchecked((seed ^ b) * 0x01000193);
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            var x = unchecked(seed + (uint)i * 0x9E3779B1);
            x = unchecked((x ^ (x >> 16)) * 0x85EBCA6B);
            x = unchecked((x ^ (x >> 13)) * 0xC2B2AE35);
            values[i] = (float)((x ^ (x >> 16)) / 4294967296.0);
        }
        return values;
    }
}
