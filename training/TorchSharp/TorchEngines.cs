using OnnxPipeline.Runtime;
using OnnxPipeline.Training.Engines;

namespace OnnxPipeline.Training.TorchSharp;

/// <summary>The "torch" engine: an ONNX graph's nodes as TorchSharp operations, with its autograd.</summary>
public static class TorchEngines
{
    /// <summary>Whether TorchSharp was built in.</summary>
    public static bool IsBuilt => true;

    /// <summary>Why the engine is not there and what to do; null where it is.</summary>
    public static string? Absence => null;

    /// <summary>Whether TorchSharp was built in and sees a CUDA device.</summary>
    /// <exception cref="TrainingException">TorchSharp's native library does not load.</exception>
    public static bool HasCuda
    {
        get
        {
            TorchDevice.Load();
            return torch.cuda.is_available();
        }
    }

    /// <summary>Name and version.</summary>
    public static string Version => $"torch {typeof(torch).Assembly.GetName().Version!.ToString(3)}";

    /// <summary>Opens the engine on a model.</summary>
    /// <param name="model">The model to train; it is left as it is.</param>
    /// <param name="options">Loss, optimizer, precision, clipping and threads.</param>
    /// <param name="seed">Keys the dropout masks.</param>
    /// <param name="device">Where to train.</param>
    /// <param name="mixed">Whether training samples are mixed of two, each with its label.</param>
    /// <param name="masks">Float tensors of 1 and 0 under the names of weights, whose elements at 0 stay exactly 0; null for none.</param>
    /// <exception cref="DeviceUnavailableException">TorchSharp sees no such device.</exception>
    /// <exception cref="TrainingException">The loss does not fit the model, there is nothing to train, a mask is of no trained weight, or TorchSharp has no translation of an op; all such nodes are listed.</exception>
    public static ITrainingEngine Create(Model model, TrainOptions options, ulong seed, Device device, bool mixed = false, IReadOnlyList<Initializer>? masks = null) =>
        new TorchEngine(model, options, seed, device, mixed, masks);
}
