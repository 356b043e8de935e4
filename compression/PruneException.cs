namespace OnnxPipeline.Compression;

/// <summary>A model cannot be pruned so; the message says what is in the way and what to do.</summary>
public sealed class PruneException(string message) : Exception(message);
