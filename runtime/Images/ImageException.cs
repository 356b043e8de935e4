namespace OnnxPipeline.Runtime.Images;

/// <summary>Bytes that cannot be decoded as an image, or an image beyond the limits; the message names it and says why.</summary>
public sealed class ImageException(string message, Exception? inner = null) : Exception(message, inner);
