namespace OnnxPipeline.Models;

/// <summary>A file or message is not a well-formed ONNX model; the message says where, what was expected and what was found.</summary>
public sealed class ModelFormatException : Exception
{
    public ModelFormatException(string message) : base(message)
    {
    }

    public ModelFormatException(string message, Exception inner) : base(message, inner)
    {
    }
}
