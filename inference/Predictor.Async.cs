using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Inference;

/// <summary>The calls that do not keep the caller waiting: decoding and the run take a thread of the pool. Cancelling ends a run before its next node.</summary>
public sealed partial class Predictor
{
    /// <summary>Classifies an image file's bytes.</summary>
    /// <exception cref="ImageException">The bytes are no image, damaged, or beyond the limits.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<Prediction> PredictAsync(ReadOnlyMemory<byte> image, CancellationToken cancellation = default) => Task.Run(() => Predict(image.Span, null, cancellation), cancellation);

    /// <summary>Classifies image files' bytes in one batch; one bad image fails the call.</summary>
    /// <inheritdoc cref="PredictAsync(ReadOnlyMemory{byte}, CancellationToken)" path="/exception"/>
    public Task<IReadOnlyList<Prediction>> PredictAsync(IReadOnlyList<byte[]> images, CancellationToken cancellation = default) => Task.Run<IReadOnlyList<Prediction>>(() => Predict(images, cancellation), cancellation);

    /// <summary>Classifies an image file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <inheritdoc cref="PredictAsync(ReadOnlyMemory{byte}, CancellationToken)" path="/exception"/>
    public async Task<Prediction> PredictAsync(string path, CancellationToken cancellation = default)
    {
        var bytes = await ImageFile.ReadAsync(path, _options.Limits, cancellation).ConfigureAwait(false);
        return await Task.Run(() => Predict(bytes, path, cancellation), cancellation).ConfigureAwait(false);
    }

    /// <summary>Classifies image files in one batch; one bad file fails the call.</summary>
    /// <inheritdoc cref="PredictAsync(string, CancellationToken)" path="/exception"/>
    public Task<IReadOnlyList<Prediction>> PredictAsync(IReadOnlyList<string> paths, CancellationToken cancellation = default) => Task.Run<IReadOnlyList<Prediction>>(() => Predict(paths, cancellation), cancellation);

    /// <summary>Classifies the image that the rest of the stream holds.</summary>
    /// <inheritdoc cref="PredictAsync(ReadOnlyMemory{byte}, CancellationToken)" path="/exception"/>
    public async Task<Prediction> PredictAsync(Stream image, CancellationToken cancellation = default)
    {
        var bytes = await ImageFile.ReadAsync(image, _options.Limits, cancellation).ConfigureAwait(false);
        return await PredictAsync(bytes, cancellation).ConfigureAwait(false);
    }

    /// <summary>Classifies <paramref name="count"/> images of raw pixels, one after the other, in one batch.</summary>
    /// <exception cref="ArgumentException">The memory is not that many images long.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<IReadOnlyList<Prediction>> PredictPixelsAsync(ReadOnlyMemory<byte> pixels, int count, CancellationToken cancellation = default) => Task.Run<IReadOnlyList<Prediction>>(() => PredictPixels(pixels.Span, count, cancellation), cancellation);

    /// <summary>Classifies the raw pixels of one image.</summary>
    /// <inheritdoc cref="PredictPixelsAsync(ReadOnlyMemory{byte}, int, CancellationToken)" path="/exception"/>
    public async Task<Prediction> PredictPixelsAsync(ReadOnlyMemory<byte> pixels, CancellationToken cancellation = default) => (await PredictPixelsAsync(pixels, 1, cancellation).ConfigureAwait(false))[0];
}
