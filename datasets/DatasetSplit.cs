namespace OnnxPipeline.Datasets;

/// <summary>One part of a dataset: the features of its samples, and the class or value of each.</summary>
public sealed class DatasetSplit
{
    internal DatasetSplit(string name, IReadOnlyList<DataTensor> features, DataTensor label)
    {
        Name = name;
        Features = features;
        Label = label;
    }

    /// <summary>"train", "validation" or "test".</summary>
    public string Name { get; }

    /// <summary>Number of samples; 0 when the dataset has no such part.</summary>
    public int Count => Label.Count;

    public IReadOnlyList<DataTensor> Features { get; }

    /// <summary>The class of every sample, an int64 scalar from 0 to the number of labels less one; or for a regression its value, a float.</summary>
    public DataTensor Label { get; }
}
