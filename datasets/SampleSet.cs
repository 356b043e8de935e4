namespace OnnxPipeline.Datasets;

/// <summary>One tensor of many samples, one item after the other.</summary>
/// <param name="Name">Lower-case letters, digits, '-' and '_', for example "image".</param>
/// <param name="Kind">Element type.</param>
/// <param name="ItemShape">Shape of one sample's item; [channels, height, width] for an image.</param>
/// <param name="Data">All items, little-endian.</param>
public sealed record SampleTensor(string Name, DataKind Kind, IReadOnlyList<long> ItemShape, ReadOnlyMemory<byte> Data)
{
    /// <summary>Bytes of one item.</summary>
    public int ItemBytes { get; } = Kind.ItemBytes(ItemShape);

    internal SampleTensor Select(ReadOnlySpan<int> indices)
    {
        var selected = new byte[checked(indices.Length * ItemBytes)];
        for (var i = 0; i < indices.Length; i++) Data.Span.Slice(indices[i] * ItemBytes, ItemBytes).CopyTo(selected.AsSpan(i * ItemBytes));
        return this with { Data = selected };
    }
}

/// <summary>Samples in memory: their features, and the class of each or, for a regression, its value.</summary>
public sealed record SampleSet(IReadOnlyList<SampleTensor> Features, ReadOnlyMemory<long> Labels)
{
    /// <summary>Samples of a regression.</summary>
    public SampleSet(IReadOnlyList<SampleTensor> features, ReadOnlyMemory<float> values) : this(features, ReadOnlyMemory<long>.Empty) => Values = values;

    /// <summary>What a regression predicts; empty for classes.</summary>
    public ReadOnlyMemory<float> Values { get; private init; }

    public int Count => Math.Max(Labels.Length, Values.Length);

    /// <summary>What parts of a dataset keep the shares of: the classes; for a regression all samples are alike.</summary>
    internal ReadOnlySpan<long> Strata => Values.Length > 0 ? new long[Values.Length] : Labels.Span;

    /// <summary>The samples at <paramref name="indices"/>, copied, in that order.</summary>
    public SampleSet Select(ReadOnlySpan<int> indices)
    {
        var features = new List<SampleTensor>();
        foreach (var feature in Features) features.Add(feature.Select(indices));
        return new SampleSet(features, Select(Labels.Span, indices)) { Values = Select(Values.Span, indices) };
    }

    private static T[] Select<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> indices)
    {
        if (values.IsEmpty) return [];
        var selected = new T[indices.Length];
        for (var i = 0; i < indices.Length; i++) selected[i] = values[indices[i]];
        return selected;
    }
}
