using System.Runtime.InteropServices;
using OnnxPipeline.Datasets;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.TorchSharp.Graphs;
using OnnxPipeline.Training.TorchSharp.State;

namespace OnnxPipeline.Training.TorchSharp;

/// <summary>Whole splits of datasets on a device: each goes there when its first batch is asked for, and stays if it fits.</summary>
internal sealed class ResidentSamples(torch.Device device) : IDisposable
{
    private const int ChunkBytes = 1 << 28;

    private readonly Dictionary<DatasetSplit, IReadOnlyDictionary<string, Tensor>?> _splits = [];
    private bool _released;

    /// <summary>A split's features and labels by name, all samples of them; null where they do not fit.</summary>
    public IReadOnlyDictionary<string, Tensor>? Of(DatasetSplit split)
    {
        if (_released) return null;
        if (!_splits.TryGetValue(split, out var tensors)) _splits[split] = tensors = Upload(split);
        return tensors;
    }

    /// <summary>Takes all splits off the device, for good.</summary>
    /// <returns>Whether there were any.</returns>
    public bool Release()
    {
        var any = _splits.Values.Any(tensors => tensors is not null);
        Dispose();
        _released = true;
        return any;
    }

    public void Dispose()
    {
        foreach (var tensor in _splits.Values.OfType<IReadOnlyDictionary<string, Tensor>>().SelectMany(tensors => tensors.Values)) tensor.Dispose();
        _splits.Clear();
    }

    private Dictionary<string, Tensor>? Upload(DatasetSplit split)
    {
        var tensors = new Dictionary<string, Tensor>();
        try
        {
            foreach (var feature in split.Features) tensors[feature.Name] = Upload(feature);
            tensors[TrainingGraph.Labels] = Upload(split.Label);
            return tensors;
        }
        catch (ExternalException exception) when (DeviceMemory.IsExhausted(exception))
        {
            foreach (var tensor in tensors.Values) tensor.Dispose();
            return null;
        }
    }

    private Tensor Upload(DataTensor data)
    {
        var type = BatchFeed.TypeOf(data.Name, data.Kind);
        var all = torch.empty([data.Count, .. data.ItemShape], type, device);
        var rows = Math.Max(ChunkBytes / Math.Max(data.ItemBytes, 1), 1);
        for (var start = 0; start < data.Count; start += rows)
        {
            var count = Math.Min(rows, data.Count - start);
            using var chunk = TorchTypes.Create(data.Items(start, count), type, [count, .. data.ItemShape]);
            using var target = all.narrow(0, start, count);
            target.CopyFrom(chunk);
        }
        return all;
    }
}
