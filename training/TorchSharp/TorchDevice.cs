using OnnxPipeline.Runtime;

namespace OnnxPipeline.Training.TorchSharp;

/// <summary>Devices as TorchSharp knows them.</summary>
internal static class TorchDevice
{
    /// <exception cref="DeviceUnavailableException">TorchSharp sees no such device.</exception>
    public static torch.Device Open(Device device)
    {
        if (!device.IsCuda)
        {
            torch.InitializeDeviceType(DeviceType.CPU);
            return torch.CPU;
        }
        if (!torch.TryInitializeDeviceType(DeviceType.CUDA))
            throw new DeviceUnavailableException($"The device {device} cannot be used: TorchSharp finds no CUDA device. Build with -p:TorchSharp=cuda, install NVIDIA's driver, or set the device to cpu.");
        var count = torch.cuda.device_count();
        if (device.Index >= count) throw new DeviceUnavailableException($"The device {device} is not there: TorchSharp sees {count} CUDA device(s), cuda:0 to cuda:{count - 1}.");
        return new torch.Device(DeviceType.CUDA, device.Index);
    }
}
