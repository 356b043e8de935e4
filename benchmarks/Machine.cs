using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Benchmarks;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    public static string Hardware { get; } =
        $"{Processor()}, {Environment.ProcessorCount} cores, {VectorBits()}-bit vectors, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1 << 30)} GiB";

    public static string Software { get; } = $"{RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.FrameworkDescription}, ONNX Runtime {Providers.Version}";

    private static string Processor()
    {
        const string CpuInfo = "/proc/cpuinfo";
        var line = File.Exists(CpuInfo) ? File.ReadLines(CpuInfo).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':') + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static int VectorBits() => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
}
