using Microsoft.ML.OnnxRuntime;

namespace OnnxPipeline.Runtime;

/// <summary>A device was asked for that this build or machine does not have; the message says what to do.</summary>
public sealed class DeviceUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The execution providers of the ONNX Runtime that is loaded.</summary>
public static class Providers
{
    private const string CudaProvider = "CUDAExecutionProvider";
    private const string CudaPlugin = "libonnxruntime_providers_cuda.so";
    private static readonly Lock PluginLock = new();
    private static bool _pluginRegistered;

    /// <summary>ONNX Runtime's version, for example "1.29.0".</summary>
    public static string Version => OrtEnv.Instance().GetVersionString();

    /// <summary>Names of the providers compiled in, in ONNX Runtime's order of preference.</summary>
    public static IReadOnlyList<string> Available => OrtEnv.Instance().GetAvailableProviders();

    /// <exception cref="ArgumentOutOfRangeException">The memory limit is not above 0.</exception>
    internal static void Append(SessionOptions options, SessionSettings settings)
    {
        if (settings.DeviceMemoryLimit is <= 0) throw new ArgumentOutOfRangeException(nameof(settings), settings.DeviceMemoryLimit, $"{nameof(SessionSettings.DeviceMemoryLimit)}: expected bytes above 0, or null for no limit.");
        var device = settings.Device;
        if (!device.IsCuda) return;
        try
        {
            if (Available.Contains(CudaProvider)) AppendCompiledIn(options, settings);
            else AppendPlugin(options, settings);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new DeviceUnavailableException($"Device '{device}' cannot be used: {exception.Message.TrimEnd('.', ' ')}. It needs an NVIDIA driver (see 'nvidia-smi') and the CUDA libraries on the library path; or use --device cpu.", exception);
        }
    }

    private static void AppendCompiledIn(SessionOptions options, SessionSettings settings)
    {
        using var cuda = new OrtCUDAProviderOptions();
        cuda.UpdateOptions(new Dictionary<string, string>(MemoryOptions(settings)) { ["device_id"] = $"{settings.Device.Index}" });
        options.AppendExecutionProvider_CUDA(cuda);
    }

    /// <summary>The CUDA provider's options of memory; under a limit its arena grows by no more than is asked for.</summary>
    private static Dictionary<string, string> MemoryOptions(SessionSettings settings) => settings.DeviceMemoryLimit is { } limit
        ? new Dictionary<string, string> { ["gpu_mem_limit"] = $"{limit}", ["arena_extend_strategy"] = "kSameAsRequested" }
        : [];

    /// <summary>The CUDA provider as a plug-in library, the form in which some packages ship it.</summary>
    private static void AppendPlugin(SessionOptions options, SessionSettings settings)
    {
        var device = settings.Device;
        var library = Path.Combine(AppContext.BaseDirectory, CudaPlugin);
        if (!File.Exists(library)) library = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", CudaPlugin);
        if (!File.Exists(library))
            throw new DeviceUnavailableException($"Device '{device}' needs ONNX Runtime's CUDA provider, which this build does not have (providers: {string.Join(", ", Available)}). Build it in with 'make DEVICE=cuda ENGINE=ort setup', or use --device cpu.");

        var environment = OrtEnv.Instance();
        lock (PluginLock)
        {
            if (!_pluginRegistered) environment.RegisterExecutionProviderLibrary(CudaProvider, library);
            _pluginRegistered = true;
        }
        var devices = environment.GetEpDevices().Where(d => d.EpName == CudaProvider).ToArray();
        if (device.Index >= devices.Length)
            throw new DeviceUnavailableException($"Device '{device}' is not there: ONNX Runtime's CUDA provider sees {devices.Length} device(s). Check 'nvidia-smi', or use --device cpu.");
        options.AppendExecutionProvider(environment, [devices[device.Index]], MemoryOptions(settings));
    }
}
