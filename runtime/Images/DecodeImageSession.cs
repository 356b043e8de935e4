using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace OnnxPipeline.Runtime.Images;

/// <summary>
/// The DecodeImage operator of ONNX Runtime Extensions. Its JPEG half may only be given what <see cref="JpegStructure"/> has
/// passed: on others it ends the process or never returns (https://github.com/microsoft/onnxruntime-extensions/issues/1094).
/// </summary>
internal static class DecodeImageSession
{
    private static readonly Lazy<InferenceSession> Session = new(() =>
        SessionFactory.Create(DecodeImageModel.Build(), new SessionSettings { Extensions = true, Threads = 1 }));

    // A bad image is the caller's to report; ONNX Runtime need not print it as well.
    private static readonly RunOptions Quiet = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
    private static readonly string[] Inputs = [DecodeImageModel.Input];
    private static readonly string[] Outputs = [DecodeImageModel.Output];

    /// <summary>Decodes a PNG or JPEG file to RGB.</summary>
    public static unsafe Image Decode(ReadOnlySpan<byte> encoded)
    {
        fixed (byte* first = encoded)
        {
            using var input = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TensorElementType.UInt8, [encoded.Length], (IntPtr)first, encoded.Length);
            try
            {
                using var outputs = Session.Value.Run(Quiet, Inputs, [input], Outputs);
                var shape = outputs[0].GetTensorTypeAndShape().Shape;
                return ToImage(outputs[0].GetTensorDataAsSpan<byte>(), checked((int)shape[0]), checked((int)shape[1]), shape[2]);
            }
            catch (OnnxRuntimeException exception)
            {
                throw new ImageException("the image is damaged; its pixels cannot be decoded.", exception);
            }
        }
    }

    private static Image ToImage(ReadOnlySpan<byte> decoded, int height, int width, long channels)
    {
        if (channels == 3) return new Image(width, height, 3, decoded.ToArray());
        if (channels != 1) throw new ImageException($"the image has {channels} channels; expected greyscale or RGB.");
        var rgb = new byte[decoded.Length * 3];
        for (int i = 0, target = 0; i < decoded.Length; i++, target += 3) rgb.AsSpan(target, 3).Fill(decoded[i]);
        return new Image(width, height, 3, rgb);
    }
}
