namespace OnnxPipeline.Training.TorchSharp.State;

/// <summary>
/// Kernels in the layout with channels last, in which CUDA's convolutions are fastest: cuDNN takes the layout of its weights for
/// what it computes. The shape stays [out, in, height, width]. TorchSharp has no memory formats, so the axes are moved there and back.
/// </summary>
internal static class ChannelsLast
{
    /// <summary>The tensor so laid out where it is a kernel of two spatial axes on CUDA, else as it is.</summary>
    public static Tensor Where(torch.Device device, Tensor tensor)
    {
        if (device.type != DeviceType.CUDA || tensor.dim() != 4) return tensor;
        using var moved = tensor.permute(0, 2, 3, 1);
        using var packed = moved.contiguous();
        tensor.Dispose();
        return packed.permute(0, 3, 1, 2);
    }
}
