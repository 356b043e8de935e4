using System.Runtime.InteropServices;
using OnnxPipeline.Datasets;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.TorchSharp.Graphs;
using OnnxPipeline.Training.TorchSharp.State;

namespace OnnxPipeline.Training.TorchSharp;

/// <summary>
/// Brings batches to where they are computed with. On CUDA a dataset goes there once, if it fits, and batches are picked there; what
/// does not, or changes from epoch to epoch, goes through pinned memory, so that the copy runs beside the host.
/// </summary>
/// <param name="device">Where batches are computed with.</param>
/// <param name="residents">Datasets on the device; null to bring every batch from the host.</param>
internal sealed class BatchFeed(torch.Device device, ResidentSamples? residents) : IDisposable
{
    private const string Places = "places";

    private readonly Dictionary<(string Name, int Count), Buffers> _buffers = [];
    private readonly Dictionary<(TorchGraph Graph, int Place), Tensor> _picked = [];

    /// <summary>Gives a graph the inputs that it has of a batch's first samples.</summary>
    public void Give(TorchGraph graph, Batch batch, int samples)
    {
        var resident = batch.Unchanged is { } split ? residents?.Of(split) : null;
        var places = resident is null ? null : PlacesOf(batch, samples);
        foreach (var (name, tensor) in BatchViews.Of(batch))
        {
            var place = graph.PlaceOf(name);
            if (place < 0) continue;
            if (resident is not null && resident.TryGetValue(name, out var all))
            {
                Pick(graph, place, all, places!);
                continue;
            }
            var buffers = BuffersOf(name, samples, TypeOf(tensor.Name, tensor.Kind), tensor.ItemShape);
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

    /// <summary>Makes room on a device whose memory is full: batches come from the host from now on.</summary>
    /// <returns>Whether anything was there to go.</returns>
    public bool Release() => residents?.Release() == true;

    public void Dispose()
    {
        foreach (var tensor in _picked.Values) tensor.Dispose();
        foreach (var buffers in _buffers.Values) buffers.Dispose();
        residents?.Dispose();
    }

    /// <summary>Where the batch's samples stand in their split, on the device.</summary>
    private Tensor PlacesOf(Batch batch, int samples)
    {
        var buffers = BuffersOf(Places, samples, ScalarType.Int64, []);
        var host = MemoryMarshal.Cast<byte, long>(buffers.Host.bytes);
        for (var i = 0; i < samples; i++) host[i] = batch.Samples[i];
        return buffers.Send();
    }

    private void Pick(TorchGraph graph, int place, Tensor all, Tensor places)
    {
        if (_picked.Remove((graph, place), out var before)) before.Dispose();
        var picked = all.index_select(0, places);
        _picked[(graph, place)] = picked;
        graph.Give(place, picked);
    }

    private Buffers BuffersOf(string name, int count, ScalarType type, IReadOnlyList<long> itemShape)
    {
        if (!_buffers.TryGetValue((name, count), out var buffers)) _buffers[(name, count)] = buffers = new Buffers([count, .. itemShape], type, device);
        return buffers;
    }

    /// <exception cref="TrainingException">No graph takes such data.</exception>
    public static ScalarType TypeOf(string name, DataKind kind) => kind switch
    {
        DataKind.UInt8 => ScalarType.Byte,
        DataKind.Float => ScalarType.Float32,
        DataKind.Int64 => ScalarType.Int64,
        _ => throw new TrainingException($"Feature '{name}' holds {kind}, which the engine cannot pass to a graph."),
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
