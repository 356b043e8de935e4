using OnnxPipeline.Datasets;
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

    /// <param name="model">The model to train.</param>
    /// <param name="options">How.</param>
    /// <param name="seed">Keys what is drawn at random.</param>
    /// <param name="augment">What is done to the samples; mixing gives each two labels.</param>
    /// <param name="masks">Which elements of weights stay 0; null for none.</param>
    public static ITrainingEngine Create(Model model, TrainOptions options, ulong seed, AugmentOptions? augment, IReadOnlyList<Initializer>? masks = null)
    {
        if (options.Engine != Ort) throw Unknown(options.Engine);
        var device = Device.Parse(options.Device);
        var mixed = augment?.MixesLabels() == true;
        return device.IsCuda ? new OrtDeviceEngine(model, options, seed, device, mixed, masks) : new OrtEngine(model, options, seed, mixed, masks);
    }

    private static UsageException Unknown(string engine) =>
        new($"This build has no training engine '{engine}'; it has {Ort}. Set train.engine to {Ort}.");
}
