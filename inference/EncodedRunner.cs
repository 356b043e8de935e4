using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Inference;

/// <summary>Runs a model that decodes its images itself, one file a run.</summary>
internal sealed class EncodedRunner(ModelSession session, ImageSignature signature, ImageLimits limits, ModelAdapter? adapter)
{
    private readonly string[] _inputs = [signature.Input.Name];
    private readonly string[] _outputs = [signature.Output];

    /// <summary>Runs one file into its probabilities, [classes].</summary>
    /// <exception cref="ImageException">The bytes are no PNG or JPEG, damaged, or beyond the limits.</exception>
    public void Run(byte[] file, Span<float> outputs, CancellationToken cancellation)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(file, [file.Length]);
        try
        {
            using var results = session.Run(_inputs, [input], _outputs, limits, adapter, cancellation);
            results[0].GetTensorDataAsSpan<float>()[..outputs.Length].CopyTo(outputs);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new ImageException("the image is damaged; its pixels cannot be decoded.", exception);
        }
    }

    /// <summary>Runs images of raw pixels, [height, width, channels] each: they become PNG files, which keep every pixel.</summary>
    public void RunPixels(ReadOnlySpan<byte> pixels, Span<float> outputs, CancellationToken cancellation)
    {
        var (image, classes) = (signature.Input, signature.Labels.Count);
        for (var i = 0; i * signature.PixelCount < pixels.Length; i++)
        {
            var file = PngEncoder.Encode(new Image(image.Width, image.Height, image.Channels, pixels.Slice(i * signature.PixelCount, signature.PixelCount).ToArray()));
            Run(file, outputs.Slice(i * classes, classes), cancellation);
        }
    }
}
