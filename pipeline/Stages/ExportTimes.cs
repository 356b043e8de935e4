using OnnxPipeline.Export;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>measured.json of an export: how long the exported model takes.</summary>
/// <param name="Machine">What it ran on.</param>
/// <param name="Runtime">ONNX Runtime's version and device.</param>
/// <param name="Latencies">By batch size.</param>
internal sealed record ExportTimes(string Machine, string Runtime, IReadOnlyList<BatchTime> Latencies)
{
    /// <summary>What models are timed in.</summary>
    public static string RuntimeHere => $"ONNX Runtime {Providers.Version} on the CPU, all cores";

    public static ExportTimes Of(IReadOnlyList<BatchTime> latencies) => new(TrainingTimes.ThisMachine, RuntimeHere, latencies);
}
