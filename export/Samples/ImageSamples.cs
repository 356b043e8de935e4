using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export.Samples;

/// <summary>Images, which a model takes in training as it does when it is deployed, but for their layout, which is that of the samples until a model is run on them.</summary>
internal sealed class ImageSamples(ReadOnlyMemory<int> labels, int imageBytes, SampleSource read, ImageLayout layout) : HeldOutSamples(labels, default)
{
    internal override SampleBatch Trained(int start, int count)
    {
        var pixels = new byte[count * imageBytes];
        read(start, count, pixels);
        return Images(pixels, count);
    }

    internal override SampleBatch Deployed(int start, int count) => Trained(start, count);

    internal override IEnumerable<HostileSamples> Hostile()
    {
        HostileSamples Case(string name, Func<int, byte> pixel)
        {
            const int count = 2;
            var batch = Images([.. Enumerable.Range(0, count * imageBytes).Select(pixel)], count);
            return new HostileSamples(name, batch, batch);
        }
        yield return Case("every pixel 0", _ => 0);
        yield return Case("every pixel 255", _ => 255);
        yield return Case("pixels 0 and 255 in turn", i => (byte)(i % 2 * 255));
    }

    private SampleBatch Images(byte[] pixels, int count) => new(count, [new SampleInput(null, [imageBytes], pixels) { Layout = layout }]);
}
