using OnnxPipeline.Models;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Engines;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>The training engines by name.</summary>
internal static class EngineFactory
{
    public const string Ort = "ort";

    /// <summary>Name and version, which an artifact is cached under.</summary>
    public static string Version(string engine) => engine == Ort ? $"{Ort} {Providers.Version}" : throw Unknown(engine);

    public static ITrainingEngine Create(Model model, TrainOptions options, ulong seed)
    {
        if (options.Engine != Ort) throw Unknown(options.Engine);
        var device = Device.Parse(options.Device);
        return device.IsCuda ? new OrtDeviceEngine(model, options, seed, device) : new OrtEngine(model, options, seed);
    }

    private static UsageException Unknown(string engine) =>
        new($"This build has no training engine '{engine}'; it has {Ort}. Set train.engine to {Ort}.");
}
