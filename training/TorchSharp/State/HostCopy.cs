using System.Runtime.InteropServices;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.TorchSharp.Graphs;

namespace OnnxPipeline.Training.TorchSharp.State;

/// <summary>Float tensors to the host and back.</summary>
internal static class HostCopy
{
    /// <summary>The values of a tensor, row by row.</summary>
    public static float[] Floats(Tensor tensor)
    {
        using var detached = tensor.detach();
        using var single = detached.to(ScalarType.Float32);
        using var host = single.cpu();
        using var packed = host.contiguous();
        return MemoryMarshal.Cast<byte, float>(packed.bytes).ToArray();
    }

    /// <summary>A copy under a name.</summary>
    public static Initializer Read(string name, Tensor tensor) => Initializer.Create<float>(name, Floats(tensor), tensor.shape);

    /// <summary>Overwrites a tensor in place with that of a saved state.</summary>
    /// <exception cref="TrainingException">The state has none of that name and size.</exception>
    public static void Write(IReadOnlyDictionary<string, Initializer> state, string name, Tensor tensor) =>
        Write(CapturedState.Find(state, name, tensor.numel()).Span<float>(), tensor);

    /// <summary>Overwrites a tensor in place.</summary>
    public static void Write(ReadOnlySpan<float> values, Tensor tensor)
    {
        using var _ = torch.no_grad();
        using var source = TorchTypes.Create(MemoryMarshal.AsBytes(values), ScalarType.Float32, tensor.shape);
        tensor.CopyFrom(source);
    }
}
