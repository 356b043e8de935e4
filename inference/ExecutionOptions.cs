using OnnxPipeline.Runtime;

namespace OnnxPipeline.Inference;

/// <summary>Where and with how much a model runs.</summary>
public abstract record ExecutionOptions
{
    /// <summary>The CPU, or a GPU: <c>Device.Parse("cuda:1")</c>.</summary>
    public Device Device { get; init; } = Device.Cpu;

    /// <summary>Threads inside one operator; 0 for all cores.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Whether the model's threads keep their cores busy while they wait for work: always is quickest for one call after the other, and takes time
    /// from whatever else the app does. Runs over folders, whose images are decoded meanwhile, are a quarter faster with never.
    /// </summary>
    public Spinning Spin { get; init; } = Spinning.Always;

    /// <summary>The most memory of a CUDA device to take for tensors, in bytes; null for no limit.</summary>
    public long? DeviceMemoryLimit { get; init; }

    /// <summary>Whether the model runs on the CPU where the device cannot be used, and says so in <see cref="ModelSession.FallbackReason"/>; else that is an error.</summary>
    public bool CpuFallback { get; init; }

    /// <summary>Adapters to load with the model, files by the names that calls choose them by; see <see cref="Predictor.WithAdapter"/>.</summary>
    public IReadOnlyDictionary<string, string> Adapters { get; init; } = new Dictionary<string, string>();

    internal ModelSession Open(Func<SessionSettings, ModelSession> open)
    {
        var session = OpenModel(open);
        try
        {
            foreach (var (name, path) in Adapters) session.LoadAdapter(name, path);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private ModelSession OpenModel(Func<SessionSettings, ModelSession> open)
    {
        var settings = new SessionSettings { Device = Device, Threads = Threads, Spin = Spin, DeviceMemoryLimit = DeviceMemoryLimit };
        try
        {
            return open(settings);
        }
        catch (DeviceUnavailableException exception) when (CpuFallback)
        {
            var session = open(settings with { Device = Device.Cpu });
            session.FallbackReason = exception.Message;
            return session;
        }
    }
}
