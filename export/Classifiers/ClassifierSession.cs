using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace OnnxPipeline.Export.Classifiers;

/// <summary>An image classifier in ONNX Runtime: raw uint8 pixels in, one vector of floats an image out.</summary>
internal sealed class ClassifierSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly string _input;
    private readonly long[] _shape;
    private readonly RunOptions _options = new();

    /// <summary>Takes over the session.</summary>
    /// <exception cref="ExportException">Its input is not uint8 with fixed sizes behind the batch.</exception>
    public ClassifierSession(InferenceSession session)
    {
        _session = session;
        try
        {
            if (_session.InputMetadata.Count != 1)
                throw new ExportException($"The model has {_session.InputMetadata.Count} inputs ({string.Join(", ", _session.InputNames)}); expected one, the image.");
            (_input, var metadata) = _session.InputMetadata.First();
            _shape = [.. metadata.Dimensions.Select(d => (long)d)];
            if (!metadata.IsTensor || metadata.ElementDataType != TensorElementType.UInt8 || _shape.Length < 2 || _shape.Skip(1).Any(d => d <= 0))
                throw new ExportException($"The input '{_input}' is {metadata.ElementDataType} of shape [{string.Join(",", _shape)}]; expected UInt8 with fixed sizes behind the batch.");
        }
        catch (ExportException)
        {
            Dispose();
            throw;
        }
    }

    public IReadOnlyList<string> Outputs => _session.OutputNames;

    /// <summary>Bytes of one image.</summary>
    public int ImageBytes => (int)_shape.Skip(1).Aggregate(1L, (product, d) => checked(product * d));

    /// <summary>The only batch size that the model takes, or null when it takes any.</summary>
    public int? FixedBatch => _shape[0] > 0 ? (int)_shape[0] : null;

    /// <summary>
    /// The output for <paramref name="count"/> images, [count, classes] row by row. A model of a fixed batch runs several times, its
    /// last batch filled up with blank images.
    /// </summary>
    /// <exception cref="ExportException">The output has another shape or type.</exception>
    public float[] Run(byte[] pixels, int count, string output)
    {
        if (FixedBatch is not { } batch || batch == count) return RunBatch(pixels.AsMemory(0, count * ImageBytes), count, output);
        var results = new List<float>();
        for (var start = 0; start < count; start += batch)
        {
            var size = Math.Min(batch, count - start);
            var padded = new byte[batch * ImageBytes];
            pixels.AsSpan(start * ImageBytes, size * ImageBytes).CopyTo(padded);
            var rows = RunBatch(padded, batch, output);
            results.AddRange(rows.AsSpan(0, rows.Length / batch * size));
        }
        return [.. results];
    }

    public void Dispose()
    {
        _options.Dispose();
        _session.Dispose();
    }

    private float[] RunBatch(Memory<byte> pixels, int count, string output)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, pixels, [count, .. _shape.Skip(1)]);
        using var results = _session.Run(_options, [_input], [input], [output]);
        if (!results[0].IsTensor) throw new ExportException($"The output '{output}' is no tensor; expected Float of shape [{count}, classes].");
        var info = results[0].GetTensorTypeAndShape();
        if (info.ElementDataType != TensorElementType.Float || info.Shape is not [var rows, > 0] || rows != count)
            throw new ExportException($"The output '{output}' for {count} images is {info.ElementDataType} of shape [{string.Join(",", info.Shape)}]; expected Float of shape [{count}, classes].");
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
