using System.Runtime.InteropServices;

namespace OnnxPipeline.Datasets.Artifacts;

/// <summary>A feature of a dataset, without its data.</summary>
internal sealed record FeatureShape(string Name, DataKind Kind, IReadOnlyList<long> ItemShape);

/// <summary>Writes the files of one part of a dataset, sample by sample or many at once.</summary>
internal sealed class SplitWriter : IDisposable
{
    private const string LabelName = "label";

    private readonly List<TensorFile> _files = [];
    private int _count;

    /// <param name="folder">The artifact's folder.</param>
    /// <param name="split">The part's name.</param>
    /// <param name="features">Its features.</param>
    /// <param name="regression">Whether a sample has a value, float, in place of a class, int64.</param>
    public SplitWriter(string folder, string split, IReadOnlyList<FeatureShape> features, bool regression)
    {
        try
        {
            foreach (var feature in features) _files.Add(new TensorFile(folder, split, feature.Name, feature.Kind, feature.ItemShape));
            _files.Add(new TensorFile(folder, split, LabelName, regression ? DataKind.Float : DataKind.Int64, []));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Appends the items of feature <paramref name="index"/>; every feature needs as many as there are labels.</summary>
    public void WriteFeature(int index, ReadOnlySpan<byte> items) => _files[index].Write(items);

    /// <summary>Appends classes, or values of a regression.</summary>
    public void WriteLabels<T>(ReadOnlySpan<T> labels) where T : unmanaged
    {
        _files[^1].Write(MemoryMarshal.AsBytes(labels));
        _count = checked(_count + labels.Length);
    }

    /// <summary>Appends one sample's class or value.</summary>
    public void WriteLabel<T>(T label) where T : unmanaged => WriteLabels(new ReadOnlySpan<T>(in label));

    /// <summary>Completes the files; nothing may be written after it.</summary>
    public SplitMeta Finish()
    {
        var tensors = _files.ConvertAll(file => file.Finish());
        return new SplitMeta { Count = _count, Features = tensors[..^1], Label = tensors[^1] };
    }

    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }
}
