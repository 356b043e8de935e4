using System.Collections;
using System.Globalization;
using OnnxPipeline.Models.Proto;

namespace OnnxPipeline.Models;

/// <summary>One axis of a shape: a size, a symbol such as "batch", or neither (unknown).</summary>
public readonly record struct Dimension(long? Size, string? Symbol = null)
{
    public static readonly Dimension Unknown;

    public static implicit operator Dimension(long size) => new(size);

    public static implicit operator Dimension(string symbol) => new(null, symbol);

    public override string ToString() => Size?.ToString(CultureInfo.InvariantCulture) ?? Symbol ?? "?";
}

/// <summary>The axes of a tensor, outermost first; a scalar has none. Sizes may be symbolic, as the batch is.</summary>
public sealed class TensorShape(params IReadOnlyList<Dimension> dimensions) : IReadOnlyList<Dimension>, IEquatable<TensorShape>
{
    public static readonly TensorShape Scalar = new();

    public int Rank => dimensions.Count;

    /// <summary>The rank, under the name that list patterns and indices from the end look for.</summary>
    public int Count => dimensions.Count;

    public Dimension this[int axis] => dimensions[axis];

    /// <summary>True when every axis has a size.</summary>
    public bool IsStatic => dimensions.All(d => d.Size is not null);

    /// <summary>The product of all sizes; null while an axis has none.</summary>
    public long? ElementCount => IsStatic ? dimensions.Aggregate(1L, (product, d) => checked(product * d.Size!.Value)) : null;

    public static TensorShape Of(params IEnumerable<long> sizes) => new([.. sizes.Select(size => (Dimension)size)]);

    /// <summary>The sizes of a static shape.</summary>
    /// <exception cref="InvalidOperationException">An axis has no size.</exception>
    public long[] ToSizes() => [.. dimensions.Select(d => d.Size
        ?? throw new InvalidOperationException($"Shape {this} has an axis without a size."))];

    public TensorShape With(int axis, Dimension dimension)
    {
        var changed = dimensions.ToArray();
        changed[axis] = dimension;
        return new TensorShape(changed);
    }

    public bool Equals(TensorShape? other) => other is not null && dimensions.SequenceEqual(other);

    public override bool Equals(object? obj) => Equals(obj as TensorShape);

    public override int GetHashCode() => dimensions.Aggregate(17, HashCode.Combine);

    public IEnumerator<Dimension> GetEnumerator() => dimensions.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>For example "[batch,3,32,32]".</summary>
    public override string ToString() => $"[{string.Join(",", dimensions)}]";

    internal static TensorShape? FromProto(TensorShapeProto? proto) => proto is null ? null : new([.. proto.Dim.Select(d =>
        d.HasDimValue && d.DimValue >= 0 ? d.DimValue : d.HasDimParam && d.DimParam.Length > 0 ? (Dimension)d.DimParam : Dimension.Unknown)]);

    internal TensorShapeProto ToProto()
    {
        var proto = new TensorShapeProto();
        foreach (var dimension in dimensions)
        {
            var axis = new TensorShapeProto.Types.Dimension();
            if (dimension.Size is { } size) axis.DimValue = size;
            else if (dimension.Symbol is { } symbol) axis.DimParam = symbol;
            proto.Dim.Add(axis);
        }
        return proto;
    }
}
