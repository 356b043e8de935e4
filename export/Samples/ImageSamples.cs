namespace OnnxPipeline.Export.Samples;

/// <summary>Images, which a model takes in training as it does when it is deployed. Their layout is that of the model's input.</summary>
internal sealed class ImageSamples(ReadOnlyMemory<int> labels, int imageBytes, SampleSource read) : HeldOutSamples(labels, default)
{
    internal override SampleBatch Trained(int start, int count)
    {
        var pixels = new byte[count * imageBytes];
        read(start, count, pixels);
        return new SampleBatch(count, [new SampleInput(null, [imageBytes], pixels)]);
    }

    internal override SampleBatch Deployed(int start, int count) => Trained(start, count);
}
