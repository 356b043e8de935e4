using OnnxPipeline.Models;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training.Engines;

namespace OnnxPipeline.Training.TorchSharp;

/// <summary>The "torch" engine, in a build without it.</summary>
public static class TorchEngines
{
    /// <summary>Whether TorchSharp was built in.</summary>
    public static bool IsBuilt => false;

    /// <summary>Why the engine is not there and what to do; null where it is.</summary>
    public static string? Absence => "This build has no training engine 'torch'. Build with -p:TorchSharp=true for the CPU or -p:TorchSharp=cuda for CUDA, "
        + "for example by 'make train ENGINE=torch'. Where the feed has no TorchSharp, 'ort', the default engine, trains the same models.";

    /// <summary>Whether TorchSharp was built in and sees a CUDA device.</summary>
    public static bool HasCuda => false;

    /// <summary>Name and version.</summary>
    /// <exception cref="TrainingException">Always; it says how to build with the engine.</exception>
    public static string Version => throw Missing();

    /// <summary>Opens the engine on a model.</summary>
    /// <exception cref="TrainingException">Always; it says how to build with the engine.</exception>
    public static ITrainingEngine Create(Model model, TrainOptions options, ulong seed, Device device, bool mixed = false, IReadOnlyList<Initializer>? masks = null) => throw Missing();

    private static TrainingException Missing() => new(Absence!);
}
