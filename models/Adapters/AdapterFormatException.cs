namespace OnnxPipeline.Models.Adapters;

/// <summary>A file or its bytes are no adapter that ONNX Runtime could be given; the message says what is wrong with them.</summary>
public sealed class AdapterFormatException(string message, Exception? inner = null) : Exception(message, inner);
