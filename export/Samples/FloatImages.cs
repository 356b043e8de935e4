using OnnxPipeline.Export.Signatures;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export.Samples;

/// <summary>Images as the floats that a model takes whose graph does not prepare pixels itself, as those from elsewhere.</summary>
internal sealed class FloatImages : HeldOutSamples
{
    private const int Levels = byte.MaxValue + 1;

    private readonly HeldOutSamples _images;
    private readonly ImageInput _image;

    /// <summary>The float of each byte, [channels, 256].</summary>
    private readonly float[] _table;

    public FloatImages(HeldOutSamples images, ImageInput image, IReadOnlyList<float> mean, IReadOnlyList<float> deviation) : base(images.Labels, images.Values)
    {
        if (new[] { mean, deviation }.Any(v => v.Count != 1 && v.Count != image.Channels) || deviation.Any(d => !(d > 0)))
            throw new ArgumentException($"There are {mean.Count} means and {deviation.Count} standard deviations; expected 1 or {image.Channels} of each, and deviations above 0.");
        (_images, _image) = (images, image);
        _table = [.. Enumerable.Range(0, image.Channels * Levels).Select(i => (i % Levels / (float)byte.MaxValue - Of(mean, i / Levels)) / Of(deviation, i / Levels))];
    }

    public override int Count => _images.Count;

    internal override SampleBatch Trained(int start, int count) => Floats(_images.Trained(start, count));

    internal override SampleBatch Deployed(int start, int count) => Floats(_images.Deployed(start, count));

    internal override IEnumerable<HostileSamples> Hostile() => _images.Hostile().Select(h => h with { Trained = Floats(h.Trained), Deployed = Floats(h.Deployed) });

    private static float Of(IReadOnlyList<float> values, int channel) => values[values.Count == 1 ? 0 : channel];

    private SampleBatch Floats(SampleBatch batch)
    {
        var found = batch.Inputs.Single();
        if (found.Values.Length != (long)batch.Count * ImageShape.Bytes(_image))
            throw new ExportException($"The model takes images of [{string.Join(",", ImageShape.Of(_image))}], but the samples have {found.ItemLength} bytes each.");
        var images = PixelLayout.Fit(found, _image);
        var pixels = (byte[])images.Values;
        var (area, channels) = (_image.Height * _image.Width, _image.Channels);
        var floats = new float[pixels.Length];
        for (var i = 0; i < floats.Length; i++) floats[i] = _table[(_image.Layout == ImageLayout.Hwc ? i % channels : i / area % channels) * Levels + pixels[i]];
        return batch with { Inputs = [images with { Name = _image.Name, Values = floats }] };
    }
}
