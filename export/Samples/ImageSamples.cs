namespace OnnxPipeline.Export.Samples;

/// <summary>Images, which a model takes in training as it does when it is deployed.</summary>
internal sealed class ImageSamples(ReadOnlyMemory<int> labels, IReadOnlyList<long> shape, SampleSource read) : HeldOutSamples(labels, default)
{
    private readonly int _bytes = checked((int)shape.Aggregate(1L, (product, size) => checked(product * size)));

    internal override SampleBatch Trained(int start, int count)
    {
        var pixels = new byte[count * _bytes];
        read(start, count, pixels);
        return new SampleBatch(count, [new SampleInput(null, shape, pixels)]);
    }

    internal override SampleBatch Deployed(int start, int count) => Trained(start, count);
}
