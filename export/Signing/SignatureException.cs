namespace OnnxPipeline.Export.Signing;

/// <summary>A file cannot be signed, or a signature is not the one it should be; the message says why.</summary>
public sealed class SignatureException(string message, Exception? inner = null) : Exception(message, inner);
