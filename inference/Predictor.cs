using System.Numerics.Tensors;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Runtime;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Inference;

/// <summary>
/// Classifies images with an ONNX model: <c>using var model = Predictor.Open("model.onnx"); var best = model.Predict(bytes).Top;</c>
/// Labels, image size and channels come from the model. Thread-safe; open it once and keep it.
/// </summary>
public sealed partial class Predictor : IDisposable
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
        (_files, _buffers) = Runners(null);
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
    public static Predictor Open(string path, PredictorOptions? options = null) => Own(options ?? new PredictorOptions(), settings => ModelSession.Open(path, settings));

    /// <summary>As <see cref="Open(string, PredictorOptions)"/>, from the model's bytes.</summary>
    /// <inheritdoc cref="Open(string, PredictorOptions)" path="/exception"/>
    public static Predictor Open(byte[] model, PredictorOptions? options = null) => Own(options ?? new PredictorOptions(), settings => ModelSession.Open(model, settings));

    /// <summary>
    /// As <see cref="Open(string, PredictorOptions)"/>, and looks at the file from now on: what takes its place is loaded, warmed up and
    /// exchanged for what ran before, without a dropped call.
    /// </summary>
    /// <inheritdoc cref="Open(string, PredictorOptions)" path="/exception"/>
    public static WatchedModel<Predictor> Watch(string path, PredictorOptions? options = null, WatchOptions? watch = null) => new(path, file => Open(file, options), watch ?? new WatchOptions());

    /// <summary>Classifies an image file's bytes (PNG, JPEG, GIF or BMP; a model that decodes files itself takes the first two), resized where its size is not the model's.</summary>
    /// <exception cref="ImageException">The bytes are no image, damaged, or beyond the limits.</exception>
    public Prediction Predict(ReadOnlySpan<byte> image) => Predict(image, null, CancellationToken.None);

    /// <summary>Classifies image files' bytes in one batch; one bad image fails the call.</summary>
    /// <exception cref="ImageException">An image is damaged or beyond the limits; the message has its index.</exception>
    public IReadOnlyList<Prediction> Predict(IReadOnlyList<byte[]> images) => Predict(images, CancellationToken.None);

    /// <summary>Classifies an image file.</summary>
    /// <exception cref="ImageException">The file is no image, damaged, or beyond the limits; the message has its path.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public Prediction Predict(string path) => Predict(Read(path), path, CancellationToken.None);

    /// <summary>Classifies image files in one batch; one bad file fails the call. <see cref="Folders.FolderPredictor"/> takes any number, and goes on behind a bad one.</summary>
    /// <exception cref="ImageException">A file is no image, damaged, or beyond the limits; the message has its path.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public IReadOnlyList<Prediction> Predict(IReadOnlyList<string> paths) => Predict(paths, CancellationToken.None);

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
    public IReadOnlyList<Prediction> PredictPixels(ReadOnlySpan<byte> pixels, int count) => PredictPixels(pixels, count, CancellationToken.None);

    /// <summary>Classifies raw pixels of any number of images into probabilities, [images, classes]. It allocates nothing once warm, unless it can be cancelled.</summary>
    /// <param name="pixels">The images, one after the other, as for <see cref="PredictPixels(ReadOnlySpan{byte})"/>.</param>
    /// <param name="probabilities">Room for a value a class of each.</param>
    /// <param name="cancellation">Ends the run before its next node.</param>
    /// <exception cref="ArgumentException">The spans are not whole images long, or not for the same number of them.</exception>
    /// <exception cref="ModelException">The model gave values that are no probabilities.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void PredictPixels(ReadOnlySpan<byte> pixels, Span<float> probabilities, CancellationToken cancellation = default)
    {
        var count = pixels.Length / PixelCount;
        if (pixels.Length != count * PixelCount)
            throw new ArgumentException($"An image of {Describe()} takes {PixelCount} bytes, but {pixels.Length} were given.", nameof(pixels));
        if (probabilities.Length != count * Labels.Count)
            throw new ArgumentException($"{count} images of {Labels.Count} classes give {count * Labels.Count} probabilities, but there is room for {probabilities.Length}.", nameof(probabilities));

        _files?.RunPixels(pixels, probabilities, cancellation);
        var step = _signature.FixedBatch ?? Math.Max(count, 1);
        for (var first = 0; _buffers is not null && first < count; first += step)
        {
            var images = Math.Min(step, count - first);
            _buffers.Run(pixels.Slice(first * PixelCount, images * PixelCount), step, probabilities.Slice(first * Labels.Count, images * Labels.Count), cancellation);
        }
        for (var i = 0; i < count; i++) Finish(probabilities.Slice(i * Labels.Count, Labels.Count));
    }

    /// <summary>Runs a batch of black images, so that the first real batch of this size is not slower than the next. Opening does it for one image.</summary>
    public void WarmUp(int batch = 1) => PredictPixels(new byte[batch * PixelCount], new float[batch * Labels.Count]);

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

    /// <summary>Ends the predictor and those made of it with <see cref="WithAdapter"/>; of one of these it does nothing.</summary>
    public void Dispose()
    {
        if (_plain is not null) return;
        _buffers?.Dispose();
        foreach (var adapted in _adapted.Values.Where(a => a.IsValueCreated)) adapted.Value._buffers?.Dispose();
        if (_ownsSession) Session.Dispose();
    }

    private (EncodedRunner? Files, BatchBuffers? Buffers) Runners(ModelAdapter? adapter) => _signature.Input.Layout == ImageLayout.Encoded
        ? (new EncodedRunner(Session, _signature, _options.Limits, adapter), null)
        : (null, new BatchBuffers(Session, _signature, _options.Normalization, adapter));

    private Prediction Predict(ReadOnlySpan<byte> image, string? source, CancellationToken cancellation)
    {
        if (_files is not null) return PredictFile(image, source, cancellation);
        var pixels = new byte[PixelCount];
        Decode(image, pixels, source);
        return PredictPixels(pixels, 1, cancellation)[0];
    }

    private Prediction[] Predict(IReadOnlyList<byte[]> images, CancellationToken cancellation) =>
        Predict(images.Count, i => (images[i], $"image {i} of {images.Count}"), cancellation);

    private Prediction[] Predict(IReadOnlyList<string> paths, CancellationToken cancellation) =>
        Predict(paths.Count, i => (Read(paths[i]), paths[i]), cancellation);

    private Prediction[] Predict(int count, Func<int, (byte[] Bytes, string Source)> read, CancellationToken cancellation)
    {
        var pixels = new byte[count * PixelCount];
        for (var i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (bytes, source) = read(i);
            Decode(bytes, pixels.AsSpan(i * PixelCount, PixelCount), source);
        }
        return PredictPixels(pixels, count, cancellation);
    }

    private Prediction[] PredictPixels(ReadOnlySpan<byte> pixels, int count, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (pixels.Length != (long)count * PixelCount)
            throw new ArgumentException($"{count} images of {Describe()} take {(long)count * PixelCount} bytes, but {pixels.Length} were given.", nameof(pixels));
        var all = new float[count * Labels.Count];
        PredictPixels(pixels, all, cancellation);
        var predictions = new Prediction[count];
        for (var i = 0; i < count; i++) predictions[i] = new Prediction(Labels, all[(i * Labels.Count)..((i + 1) * Labels.Count)], _signature.Threshold);
        return predictions;
    }

    private Prediction PredictFile(ReadOnlySpan<byte> file, string? source, CancellationToken cancellation)
    {
        var probabilities = new float[Labels.Count];
        try
        {
            _files!.Run(file.ToArray(), probabilities, cancellation);
        }
        catch (ImageException exception) when (source is not null)
        {
            throw new ImageException($"{source}: {exception.Message}", exception.InnerException);
        }
        Finish(probabilities);
        return new Prediction(Labels, probabilities, _signature.Threshold);
    }

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

    private static Predictor Own(PredictorOptions options, Func<SessionSettings, ModelSession> open)
    {
        var session = options.Open(open);
        try
        {
            var predictor = new Predictor(session, options, ownsSession: true);
            foreach (var name in session.Adapters) predictor.WithAdapter(name);
            return predictor;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
