namespace OnnxPipeline.Models;

/// <summary>How a model is written to a file.</summary>
public sealed record SaveOptions
{
    /// <summary>
    /// Initializers of at least this many bytes go to a second file, "model.onnx.data" beside "model.onnx". Null keeps all in
    /// one file, unless that would exceed the 2 GB of a protobuf message.
    /// </summary>
    public long? ExternalDataThreshold { get; init; }
}
