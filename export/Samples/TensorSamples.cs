using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Samples;

/// <summary>Samples as tensors by the names of a model's inputs, whose first axis counts them; in training and deployed they are the same.</summary>
internal sealed class TensorSamples : HeldOutSamples
{
    private readonly SampleBatch _all;

    /// <exception cref="ArgumentException">There is no tensor, they are of different lengths, or of a type that samples cannot be.</exception>
    public TensorSamples(IReadOnlyList<Initializer> tensors) : base(default, default)
    {
        if (tensors.Count == 0) throw new ArgumentException("Samples need a tensor for each input.", nameof(tensors));
        if (tensors.Any(t => t.Dims.Count == 0 || t.Dims[0] != tensors[0].Dims[0]))
            throw new ArgumentException($"The first axes of {string.Join(", ", tensors)} do not count the same samples.", nameof(tensors));
        _all = new SampleBatch(checked((int)tensors[0].Dims[0]), [.. tensors.Select(t => new SampleInput(t.Name, [.. t.Dims.Skip(1)], ValuesOf(t)))]);
    }

    public override int Count => _all.Count;

    internal override SampleBatch Trained(int start, int count) => _all.Slice(start, count, count);

    internal override SampleBatch Deployed(int start, int count) => Trained(start, count);

    internal override IEnumerable<HostileSamples> Hostile() => [new HostileSamples("no sample", Trained(0, 0), Deployed(0, 0))];

    private static Array ValuesOf(Initializer tensor) => tensor.ElementType switch
    {
        ElementType.Float => tensor.Span<float>().ToArray(),
        ElementType.Double => tensor.Span<double>().ToArray(),
        ElementType.UInt8 => tensor.Span<byte>().ToArray(),
        ElementType.Int32 => tensor.Span<int>().ToArray(),
        ElementType.Int64 => tensor.Span<long>().ToArray(),
        ElementType.Bool => tensor.Span<bool>().ToArray(),
        ElementType.String => tensor.Strings.ToArray(),
        _ => throw new ArgumentException($"The tensor {tensor} cannot be samples; expected Float, Double, UInt8, Int32, Int64, Bool or String.", nameof(tensor)),
    };
}
