using Microsoft.ML.OnnxRuntime;

namespace OnnxPipeline.Runtime;

/// <summary>How a session is created.</summary>
public sealed record SessionSettings
{
    public Device Device { get; init; } = Device.Cpu;

    /// <summary>Threads inside one operator; 0 for all cores that this process may use.</summary>
    public int Threads { get; init; }

    /// <summary>The most memory that ONNX Runtime takes of a CUDA device for tensors, in bytes; null for what it wants. It means nothing on the CPU.</summary>
    public long? DeviceMemoryLimit { get; init; }

    public GraphOptimizationLevel Optimization { get; init; } = GraphOptimizationLevel.ORT_ENABLE_ALL;

    /// <summary>Registers ONNX Runtime Extensions' operators, such as DecodeImage.</summary>
    public bool Extensions { get; init; }

    public Spinning Spin { get; init; } = Spinning.Always;

    /// <summary>Treats subnormal floats as zero. They take many times as long to compute with, and gradients come to them.</summary>
    public bool FlushSubnormals { get; init; }

    /// <summary>Whether nodes between DequantizeLinear and QuantizeLinear become integer arithmetic; not where the two stand for rounding that is trained through.</summary>
    public bool FuseQuantized { get; init; } = true;

    /// <summary>Whether a run's values lie in one block, laid out by an earlier run of the same shapes. A training step, with its many values, takes half as much memory again with it, and no less time.</summary>
    public bool MemoryPattern { get; init; } = true;

    /// <summary>Names of ONNX Runtime's graph optimizers to leave out, for example "NchwcTransformer".</summary>
    public IReadOnlyList<string> DisabledOptimizers { get; init; } = [];

    /// <summary>Writes the model as ONNX Runtime runs it, after its own rewriting, to this path, in its own format if that ends in ".ort"; null for none.</summary>
    public string? OptimizedModelPath { get; init; }

    /// <summary>Writes ONNX Runtime's own profile to files that begin with this path; null for none.</summary>
    public string? ProfilePrefix { get; init; }
}

/// <summary>Whether a session's threads keep their cores busy while they wait for work: they start sooner, at the price of what else could run there.</summary>
public enum Spinning
{
    /// <summary>For some 40 ms after a run too: quickest where one session runs again and again.</summary>
    Always,

    /// <summary>Until the run ends: for sessions that take turns, which would get in each other's way.</summary>
    WhileRunning,

    Never,
}

/// <summary>The one place where ONNX Runtime sessions are made, so that devices and threads mean the same everywhere.</summary>
public static class SessionFactory
{
    /// <exception cref="DeviceUnavailableException">The device's provider is not in this build, or the device is not there.</exception>
    public static InferenceSession Create(byte[] model, SessionSettings settings) => Create(settings, options => new InferenceSession(model, options));

    /// <exception cref="DeviceUnavailableException">The device's provider is not in this build, or the device is not there.</exception>
    public static InferenceSession Create(string path, SessionSettings settings) => Create(settings, options => new InferenceSession(path, options));

    private static InferenceSession Create(SessionSettings settings, Func<SessionOptions, InferenceSession> open)
    {
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = settings.Optimization,
            IntraOpNumThreads = settings.Threads > 0 ? settings.Threads : Cores.Unasked,
            InterOpNumThreads = 1,
            EnableMemoryPattern = settings.MemoryPattern,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        if (settings.Spin == Spinning.Never) options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        if (settings.Spin == Spinning.WhileRunning) options.AddSessionConfigEntry("session.force_spinning_stop", "1");
        if (settings.FlushSubnormals) options.AddSessionConfigEntry("session.set_denormal_as_zero", "1");
        if (!settings.FuseQuantized) options.AddSessionConfigEntry("session.disable_quant_qdq", "1");
        if (settings.DisabledOptimizers.Count > 0) options.AddSessionConfigEntry("optimization.disable_specified_optimizers", string.Join(';', settings.DisabledOptimizers));
        if (settings.Extensions) options.RegisterOrtExtensions();
        if (settings.OptimizedModelPath is { } optimized) options.OptimizedModelFilePath = optimized;
        if (settings.ProfilePrefix is { } prefix)
        {
            // The prefix is read when profiling is switched on.
            options.ProfileOutputPathPrefix = prefix;
            options.EnableProfiling = true;
        }
        Providers.Append(options, settings);
        try
        {
            return open(options);
        }
        catch (OnnxRuntimeException exception) when (settings.Device.IsCuda)
        {
            throw new DeviceUnavailableException($"No session could be opened on device '{settings.Device}': {exception.Message.TrimEnd('.', ' ')}. See 'nvidia-smi' for the devices there are, or use --device cpu.", exception);
        }
    }
}
