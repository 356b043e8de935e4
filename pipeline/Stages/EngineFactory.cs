using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.TorchSharp;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>The training engines by name.</summary>
internal static class EngineFactory
{
    public const string Ort = "ort";
    public const string Torch = "torch";

    /// <summary>The best for the device: "torch" on CUDA where it was built in, else "ort".</summary>
    public const string Auto = "auto";

    /// <summary>The engine that a training gets, "auto" resolved.</summary>
    /// <exception cref="UsageException">This build lacks it, or it does not train as the options say.</exception>
    public static string NameOf(TrainOptions train)
    {
        var name = train.Engine != Auto ? train.Engine : Device.Parse(train.Device).IsCuda && TorchEngines.IsBuilt ? Torch : Ort;
        if (name is not (Ort or Torch)) throw new UsageException($"There is no training engine '{name}'; there are {Ort}, {Torch} and {Auto}.");
        if (name == Torch && TorchEngines.Absence is { } absence) throw new UsageException($"train.engine: {absence}");
        if (name == Ort && train.Precision != Precision.Float32)
            throw new UsageException($"train.precision: the engine '{Ort}' trains in float32; leave train.precision out, or set train.engine to {Torch}.");
        return name;
    }

    /// <summary>Name and version, which an artifact is cached under.</summary>
    /// <exception cref="UsageException">This build lacks the engine, or it does not train as the options say.</exception>
    public static string Version(TrainOptions train) => NameOf(train) == Torch ? TorchEngines.Version : $"{Ort} {Providers.Version}";

    /// <param name="model">The model to train.</param>
    /// <param name="options">How.</param>
    /// <param name="seed">Keys what is drawn at random.</param>
    /// <param name="augment">What is done to the samples; mixing gives each two labels.</param>
    /// <param name="masks">Which elements of weights stay 0; null for none.</param>
    /// <exception cref="UsageException">This build lacks the engine, or it does not train as the options say.</exception>
    public static ITrainingEngine Create(Model model, TrainOptions options, ulong seed, AugmentOptions? augment, IReadOnlyList<Initializer>? masks = null)
    {
        var device = Device.Parse(options.Device);
        var mixed = augment?.MixesLabels() == true;
        if (NameOf(options) == Torch) return TorchEngines.Create(model, options, seed, device, mixed, masks);
        return device.IsCuda ? new OrtDeviceEngine(model, options, seed, device, mixed, masks) : new OrtEngine(model, options, seed, mixed, masks);
    }
}
