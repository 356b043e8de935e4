namespace OnnxPipeline.Inference;

/// <summary>A model that cannot be loaded, or not be used for what it was asked for; the message names it and says what to do.</summary>
public sealed class ModelException(string message, Exception? inner = null) : Exception(message, inner);
