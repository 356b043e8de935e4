using System.Text;
using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Training.Tests.Zoo;

/// <summary>The weights, images and rows of reference/make_zoo.py and make_tabular.py, computed from names and indices as there.</summary>
internal static class ZooNoise
{
    /// <summary>What a model is given, by input; the caller disposes of it.</summary>
    public static IEnumerable<(string Name, OrtValue Value)> Features(ModelInput input, int batch) => input switch
    {
        ImageModelInput image => [(ImageModelInput.Name, OrtValue.CreateTensorValueFromMemory(Pixels(batch * image.Channels * image.Height * image.Width), [batch, image.Channels, image.Height, image.Width]))],
        TableModelInput table => Columns(table, batch),
        _ => throw new NotSupportedException($"No noise for {input}."),
    };

    private static IEnumerable<(string Name, OrtValue Value)> Columns(TableModelInput table, int batch)
    {
        if (table.Numbers > 0) yield return (TableFeatures.Numeric, OrtValue.CreateTensorValueFromMemory([.. Enumerable.Range(0, batch * table.Numbers).Select(i => (float)(4 * Uniform("numeric", i) - 2))], [batch, table.Numbers]));
        long[] codes = [.. Enumerable.Range(0, batch * table.Categories.Count).Select(i => (long)Math.Floor(table.Categories[i % table.Categories.Count] * Uniform("categorical", i)))];
        if (codes.Length > 0) yield return (TableFeatures.Categorical, OrtValue.CreateTensorValueFromMemory(codes, [batch, table.Categories.Count]));
    }

    private static byte[] Pixels(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)Math.Floor(256 * Uniform("image", i)))];

    /// <summary>Kernels around 0 with variance 1/fan-in, scales around 1, biases around 0.</summary>
    public static float[] Weight(Initializer weight)
    {
        var centre = weight.Dims.Count == 1 && weight.Name.EndsWith("weight", StringComparison.Ordinal) ? 1.0 : 0.0;
        var reach = weight.Dims.Count > 1 ? Math.Sqrt(3.0 / weight.Dims.Skip(1).Aggregate(1L, (n, d) => n * d)) : 0.3;
        return [.. Enumerable.Range(0, (int)weight.ElementCount).Select(i => (float)(centre + reach * (2 * Uniform(weight.Name, i) - 1)))];
    }

    /// <summary>Uniform in [0, 1): MurmurHash3's finaliser over the FNV-1a hash of the name plus the index times an odd number.</summary>
    public static double Uniform(string name, int index)
    {
        unchecked
        {
            var x = Encoding.UTF8.GetBytes(name).Aggregate(0x811C9DC5u, (hash, b) => (hash ^ b) * 0x01000193u) + (uint)index * 0x9E3779B1u;
            x = (x ^ (x >> 16)) * 0x85EBCA6Bu;
            x = (x ^ (x >> 13)) * 0xC2B2AE35u;
            return (x ^ (x >> 16)) / 4294967296.0;
        }
    }
}
