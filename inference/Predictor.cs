using System.Numerics.Tensors;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Runtime;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Inference;

/// <summary>
/// Classifies images with an ONNX model: <c>using var model = Predictor.Open("model.onnx"); var best = model.Predict(bytes).Top;</c>
/// Labels, image size and channels come from the model. Thread-safe; open it once and keep it.
/// </summary>
public sealed class Predictor : IDisposable
{
    private readonly ImageSignature _signature;
    private readonly PredictorOptions _options;
    private readonly BatchBuffers? _buffers;
    private readonly EncodedRunner? _files;
    private readonly bool _ownsSession;

    /// <summary>A predictor over a session that stays the caller's.</summary>
    /// <exception cref="ModelException">The model is no image classifier, or leaves in doubt how it is used.</exception>
    public Predictor(ModelSession session, PredictorOptions? options = null) : this(session, options ?? new PredictorOptions(), ownsSession: false)
    {
    }

    private Predictor(ModelSession session, PredictorOptions options, bool ownsSession)
    {
        Session = session;
        _options = options;
        _signature = ImageSignature.Resolve(session, options);
        if (_signature.Input.Layout == ImageLayout.Encoded) _files = new EncodedRunner(session, _signature, options.Limits);
        else _buffers = new BatchBuffers(session, _signature, options.Normalization);
        _ownsSession = ownsSession;
        WarmUp();
    }

    public ModelSession Session { get; }

    /// <summary>The image that the model takes; of one that decodes files itself, what it makes of them.</summary>
    public ImageInput Input => _signature.Input;

    /// <summary>Class names, by class index.</summary>
    public IReadOnlyList<string> Labels => _signature.Labels;

    /// <summary>Bytes of one image's pixels: channels · height · width.</summary>
    public int PixelCount => _signature.PixelCount;

    /// <summary>Loads a model and runs it once, so that the first real image is not slower than the next.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelException">The file is no model, no image classifier, or leaves in doubt how it is used.</exception>
    /// <exception cref="DeviceUnavailableException">The device's provider is not in this build, or the device is not there.</exception>
    public static Predictor Open(string path, PredictorOptions? options = null) => Own(ModelSession.Open(path, Settings(options)), options);

    /// <summary>As <see cref="Open(string, PredictorOptions)"/>, from the model's bytes.</summary>
    /// <inheritdoc cref="Open(string, PredictorOptions)" path="/exception"/>
    public static Predictor Open(byte[] model, PredictorOptions? options = null) => Own(ModelSession.Open(model, Settings(options)), options);

    /// <summary>Classifies an image file's bytes (PNG, JPEG, GIF or BMP; a model that decodes files itself takes the first two), resized where its size is not the model's.</summary>
    /// <exception cref="ImageException">The bytes are no image, damaged, or beyond the limits.</exception>
    public Prediction Predict(ReadOnlySpan<byte> image)
    {
        if (_files is not null) return PredictFile(image, null);
        var pixels = new byte[PixelCount];
        Decode(image, pixels);
        return PredictPixels(pixels);
    }

    /// <summary>Classifies image files' bytes in one batch; one bad image fails the call.</summary>
    /// <exception cref="ImageException">An image is damaged or beyond the limits; the message has its index.</exception>
    public IReadOnlyList<Prediction> Predict(IReadOnlyList<byte[]> images)
    {
        var pixels = new byte[images.Count * PixelCount];
        for (var i = 0; i < images.Count; i++) Decode(images[i], pixels.AsSpan(i * PixelCount, PixelCount), $"image {i} of {images.Count}");
        return PredictPixels(pixels, images.Count);
    }

    /// <summary>Classifies an image file.</summary>
    /// <exception cref="ImageException">The file is no image, damaged, or beyond the limits; the message has its path.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public Prediction Predict(string path)
    {
        if (_files is not null) return PredictFile(Read(path), path);
        var pixels = new byte[PixelCount];
        Decode(Read(path), pixels, path);
        return PredictPixels(pixels);
    }

    /// <summary>Classifies the image that the rest of the stream holds.</summary>
    /// <exception cref="ImageException">The bytes are no image, damaged, or beyond the limits.</exception>
    public Prediction Predict(Stream image) => Predict(ImageFile.Read(image, _options.Limits));

    /// <summary>Classifies raw pixels: uint8 in the layout of <see cref="Input"/> (for a model that decodes files itself in rows, [height, width, channels]), grey or RGB.</summary>
    /// <exception cref="ArgumentException">The span is not one image long.</exception>
    public Prediction PredictPixels(ReadOnlySpan<byte> pixels)
    {
        var probabilities = new float[Labels.Count];
        PredictPixels(pixels, probabilities);
        return new Prediction(Labels, probabilities, _signature.Threshold);
    }

    /// <summary>Classifies <paramref name="count"/> images of raw pixels, one after the other, in one batch.</summary>
    /// <exception cref="ArgumentException">The span is not that many images long.</exception>
    public IReadOnlyList<Prediction> PredictPixels(ReadOnlySpan<byte> pixels, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (pixels.Length != (long)count * PixelCount)
            throw new ArgumentException($"{count} images of {Describe()} take {(long)count * PixelCount} bytes, but {pixels.Length} were given.", nameof(pixels));
        var all = new float[count * Labels.Count];
        PredictPixels(pixels, all);
        var predictions = new Prediction[count];
        for (var i = 0; i < count; i++) predictions[i] = new Prediction(Labels, all[(i * Labels.Count)..((i + 1) * Labels.Count)], _signature.Threshold);
        return predictions;
    }

    /// <summary>Classifies raw pixels of any number of images into probabilities, [images, classes]. It allocates nothing once warm.</summary>
    /// <exception cref="ArgumentException">The spans are not whole images long, or not for the same number of them.</exception>
    /// <exception cref="ModelException">The model gave values that are no probabilities.</exception>
    public void PredictPixels(ReadOnlySpan<byte> pixels, Span<float> probabilities)
    {
        var count = pixels.Length / PixelCount;
        if (pixels.Length != count * PixelCount)
            throw new ArgumentException($"An image of {Describe()} takes {PixelCount} bytes, but {pixels.Length} were given.", nameof(pixels));
        if (probabilities.Length != count * Labels.Count)
            throw new ArgumentException($"{count} images of {Labels.Count} classes give {count * Labels.Count} probabilities, but there is room for {probabilities.Length}.", nameof(probabilities));

        _files?.RunPixels(pixels, probabilities);
        var step = _signature.FixedBatch ?? Math.Max(count, 1);
        for (var first = 0; _buffers is not null && first < count; first += step)
        {
            var images = Math.Min(step, count - first);
            _buffers.Run(pixels.Slice(first * PixelCount, images * PixelCount), step, probabilities.Slice(first * Labels.Count, images * Labels.Count));
        }
        for (var i = 0; i < count; i++) Finish(probabilities.Slice(i * Labels.Count, Labels.Count));
    }

    /// <summary>Decodes an image file's bytes to the model's size, channels and layout.</summary>
    /// <param name="image">The whole file.</param>
    /// <param name="pixels">Room for one image, <see cref="PixelCount"/> bytes.</param>
    /// <param name="source">Names the image in errors; null leaves that to the caller.</param>
    /// <exception cref="ImageException">The bytes are no image, damaged, or beyond the limits.</exception>
    public void Decode(ReadOnlySpan<byte> image, Span<byte> pixels, string? source = null)
    {
        var decoded = ImageResizer.Resize(ImageDecoder.Decode(image, Input.Channels, _options.Limits, source), Input.Width, Input.Height);
        if (Input.Layout == ImageLayout.Chw) decoded.CopyToChw(pixels);
        else decoded.Pixels.CopyTo(pixels);
    }

    internal ImageLimits Limits => _options.Limits;

    internal byte[] Read(string path) => ImageFile.Read(path, _options.Limits);

    public void Dispose()
    {
        _buffers?.Dispose();
        if (_ownsSession) Session.Dispose();
    }

    private Prediction PredictFile(ReadOnlySpan<byte> file, string? source)
    {
        var probabilities = new float[Labels.Count];
        try
        {
            _files!.Run(file.ToArray(), probabilities);
        }
        catch (ImageException exception) when (source is not null)
        {
            throw new ImageException($"{source}: {exception.Message}", exception.InnerException);
        }
        Finish(probabilities);
        return new Prediction(Labels, probabilities, _signature.Threshold);
    }

    private void WarmUp() => PredictPixels(new byte[PixelCount], new float[Labels.Count]);

    private void Finish(Span<float> probabilities)
    {
        if (_options.Logits) TensorPrimitives.SoftMax(probabilities, probabilities);
        // Half floats and int8 leave sums a little off 1; logits are far off, or below 0.
        const float tolerance = 0.02f;
        var sum = TensorPrimitives.Sum<float>(probabilities);
        if (!(Math.Abs(sum - 1) <= tolerance) || TensorPrimitives.Min<float>(probabilities) < -tolerance)
            throw new ModelException($"{Session.Source}: output '{_signature.Output}' holds no probabilities: one image's values sum to {sum}. If they are logits, set {nameof(PredictorOptions)}.{nameof(PredictorOptions.Logits)}; if they are not numbers, the model is broken.");
    }

    private string Describe() => $"{Input.Channels}x{Input.Height}x{Input.Width}";

    private static SessionSettings Settings(PredictorOptions? options) =>
        new() { Device = options?.Device ?? Device.Cpu, Threads = options?.Threads ?? 0 };

    private static Predictor Own(ModelSession session, PredictorOptions? options)
    {
        try
        {
            return new Predictor(session, options ?? new PredictorOptions(), ownsSession: true);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
