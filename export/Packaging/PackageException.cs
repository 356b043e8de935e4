namespace OnnxPipeline.Export.Packaging;

/// <summary>A model cannot be packaged; the message says what was expected, what was found and what to do.</summary>
public sealed class PackageException(string message, Exception? inner = null) : Exception(message, inner);
