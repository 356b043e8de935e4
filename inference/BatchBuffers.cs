using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Inference;

/// <summary>
/// Input and output tensors bound to a session, kept for the next call: as many sets as there were callers at once. A set is
/// renewed when the batch size changes.
/// </summary>
internal sealed class BatchBuffers(ModelSession session, ImageSignature signature, PixelNormalization? normalization, ModelAdapter? adapter) : IDisposable
{
    private readonly float[]? _table = signature.PixelType == TensorElementType.Float ? normalization!.Table(signature.Input.Channels) : null;
    private readonly string[] _inputs = [signature.Input.Name];
    private readonly string[] _outputs = [signature.Output];
    private readonly Lock _lock = new();
    private readonly Stack<Buffers> _free = new();
    private bool _disposed;

    /// <summary>Runs images in a batch of <paramref name="batch"/>, padded with what the set held before, which no image's result depends on.</summary>
    public void Run(ReadOnlySpan<byte> pixels, int batch, Span<float> outputs, CancellationToken cancellation)
    {
        var buffers = Rent(batch);
        try
        {
            Fill(buffers.Input.GetTensorMutableRawData(), pixels);
            if (adapter is null) session.RunBound(buffers.Binding, cancellation);
            else session.RunInto(_inputs, [buffers.Input], _outputs, [buffers.Output], adapter, cancellation);
            buffers.Output.GetTensorDataAsSpan<float>()[..outputs.Length].CopyTo(outputs);
        }
        finally
        {
            Return(buffers);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            while (_free.TryPop(out var buffers)) buffers.Dispose();
        }
    }

    private void Fill(Span<byte> input, ReadOnlySpan<byte> pixels)
    {
        if (_table is null)
        {
            pixels.CopyTo(input);
            return;
        }
        var floats = MemoryMarshal.Cast<byte, float>(input);
        var (channels, plane) = (signature.Input.Channels, signature.Input.Height * signature.Input.Width);
        for (var i = 0; i < pixels.Length; i++)
        {
            var channel = signature.Input.Layout == ImageLayout.Chw ? i / plane % channels : i % channels;
            floats[i] = _table[channel * 256 + pixels[i]];
        }
    }

    private Buffers Rent(int batch)
    {
        Buffers? free;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Predictor));
            _free.TryPop(out free);
        }
        if (free?.Batch == batch) return free;
        free?.Dispose();
        return new Buffers(session, signature, batch);
    }

    private void Return(Buffers buffers)
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                _free.Push(buffers);
                return;
            }
        }
        buffers.Dispose();
    }

    private sealed class Buffers : IDisposable
    {
        public Buffers(ModelSession session, ImageSignature signature, int batch)
        {
            Batch = batch;
            var image = signature.Input;
            long[] shape = image.Layout == ImageLayout.Chw
                ? [batch, image.Channels, image.Height, image.Width]
                : [batch, image.Height, image.Width, image.Channels];
            Input = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, signature.PixelType, shape);
            Output = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, [batch, signature.Labels.Count]);
            Binding = session.Native.CreateIoBinding();
            Binding.BindInput(image.Name, Input);
            Binding.BindOutput(signature.Output, Output);
        }

        public int Batch { get; }

        public OrtValue Input { get; }

        public OrtValue Output { get; }

        public OrtIoBinding Binding { get; }

        public void Dispose()
        {
            Binding.Dispose();
            Input.Dispose();
            Output.Dispose();
        }
    }
}
