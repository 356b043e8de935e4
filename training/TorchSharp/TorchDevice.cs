using OnnxPipeline.Runtime;

namespace OnnxPipeline.Training.TorchSharp;

/// <summary>Devices as TorchSharp knows them.</summary>
internal static class TorchDevice
{
    /// <exception cref="DeviceUnavailableException">TorchSharp sees no such device.</exception>
    /// <exception cref="TrainingException">TorchSharp's native library does not load.</exception>
    public static torch.Device Open(Device device)
    {
        Load();
        if (!device.IsCuda) return torch.CPU;
        if (!torch.TryInitializeDeviceType(DeviceType.CUDA))
            throw new DeviceUnavailableException($"The device {device} cannot be used: TorchSharp finds no CUDA device. Build with -p:TorchSharp=cuda, install NVIDIA's driver, or set the device to cpu.");
        var count = torch.cuda.device_count();
        if (device.Index >= count) throw new DeviceUnavailableException($"The device {device} is not there: TorchSharp sees {count} CUDA device(s), cuda:0 to cuda:{count - 1}.");
        return new torch.Device(DeviceType.CUDA, device.Index);
    }

    /// <summary>Loads the native library.</summary>
    /// <exception cref="TrainingException">It does not load.</exception>
    public static void Load()
    {
        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
        }
        catch (Exception exception) when (exception is TypeInitializationException or NotSupportedException or DllNotFoundException)
        {
            var reason = (exception.InnerException ?? exception).Message.Split('\n')[0].Trim();
            throw new TrainingException($"TorchSharp is built in, but its native library does not load: {reason} On Linux 'ldd' on LibTorchSharp in the build's folder shows what it misses, "
                + "such as a newer libstdc++. The engine 'ort' trains the same models.", exception);
        }
    }
}
