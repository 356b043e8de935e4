using System.Text;
using OnnxPipeline.Models;

namespace OnnxPipeline.Training.Tests.Zoo;

/// <summary>The weights and images of reference/make_zoo.py, computed from names and indices as there.</summary>
internal static class ZooNoise
{
    public static byte[] Pixels(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)Math.Floor(256 * Uniform("image", i)))];

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
