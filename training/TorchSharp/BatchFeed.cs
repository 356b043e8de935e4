using System.Runtime.InteropServices;
using OnnxPipeline.Datasets;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.TorchSharp.Graphs;
using OnnxPipeline.Training.TorchSharp.State;

namespace OnnxPipeline.Training.TorchSharp;

/// <summary>Brings batches to where they are computed with. On CUDA they go through pinned memory, so that the copy runs beside the host.</summary>
internal sealed class BatchFeed(torch.Device device) : IDisposable
{
    private readonly Dictionary<(string Name, int Count), Buffers> _buffers = [];

    /// <summary>Gives a graph the inputs that it has of a batch's first samples.</summary>
    public void Give(TorchGraph graph, Batch batch, int samples)
    {
        foreach (var (name, tensor) in BatchViews.Of(batch))
        {
            var place = graph.PlaceOf(name);
            if (place < 0) continue;
            var buffers = BuffersOf(name, samples, TypeOf(tensor), tensor.ItemShape);
            tensor.Bytes[..(samples * tensor.ItemBytes)].CopyTo(buffers.Host.bytes);
            graph.Give(place, buffers.Send());
        }
    }

    /// <summary>Gives a graph float values that follow the batch.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">The input.</param>
    /// <param name="count">Samples.</param>
    /// <param name="itemShape">The shape of one sample's.</param>
    /// <param name="fill">Writes the values.</param>
    public void Give(TorchGraph graph, string name, int count, IReadOnlyList<long> itemShape, FillFloats fill)
    {
        var place = graph.PlaceOf(name);
        if (place < 0) return;
        var buffers = BuffersOf(name, count, ScalarType.Float32, itemShape);
        fill(MemoryMarshal.Cast<byte, float>(buffers.Host.bytes));
        graph.Give(place, buffers.Send());
    }

    public void Dispose()
    {
        foreach (var buffers in _buffers.Values) buffers.Dispose();
    }

    private Buffers BuffersOf(string name, int count, ScalarType type, IReadOnlyList<long> itemShape)
    {
        if (!_buffers.TryGetValue((name, count), out var buffers)) _buffers[(name, count)] = buffers = new Buffers([count, .. itemShape], type, device);
        return buffers;
    }

    private static ScalarType TypeOf(BatchTensor tensor) => tensor.Kind switch
    {
        DataKind.UInt8 => ScalarType.Byte,
        DataKind.Float => ScalarType.Float32,
        DataKind.Int64 => ScalarType.Int64,
        _ => throw new TrainingException($"Feature '{tensor.Name}' holds {tensor.Kind}, which the engine cannot pass to a graph."),
    };

    /// <summary>A tensor of the host and, where the device has memory of its own, one there.</summary>
    private sealed class Buffers : IDisposable
    {
        private readonly Tensor? _there;

        public Buffers(long[] dims, ScalarType type, torch.Device device)
        {
            Host = torch.empty(dims, type);
            if (device.type == DeviceType.CPU) return;
            using var pageable = Host;
            Host = pageable.pin_memory();
            _there = torch.empty(dims, type, device);
        }

        public Tensor Host { get; }

        /// <summary>The values where they are computed with. The step before has been waited for, so nothing reads what is overwritten.</summary>
        public Tensor Send()
        {
            if (_there is null) return Host;
            _there.CopyFrom(Host, nonBlocking: true);
            return _there;
        }

        public void Dispose()
        {
            Host.Dispose();
            _there?.Dispose();
        }
    }
}

/// <summary>Writes floats.</summary>
internal delegate void FillFloats(Span<float> values);
