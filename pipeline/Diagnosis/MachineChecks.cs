using System.Runtime.InteropServices;

namespace OnnxPipeline.Pipeline.Diagnosis;

/// <summary>The tool itself and what it runs on.</summary>
internal static class MachineChecks
{
    public static IEnumerable<Check> All() =>
    [
        new("pipeline", CheckState.Ok, $"{ToolVersion.Current} in {AppContext.BaseDirectory}"),
        new(".net", CheckState.Ok, Environment.Version.ToString()),
        new("machine", CheckState.Ok, $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}, {Cores()}, {ByteSize.Text(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)} of memory"),
    ];

    private static string Cores() => Environment.ProcessorCount == 1 ? "1 core" : $"{Environment.ProcessorCount} cores";
}
