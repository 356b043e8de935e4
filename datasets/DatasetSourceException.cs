namespace OnnxPipeline.Datasets;

/// <summary>A file of a dataset could not be obtained; the message lists every place that was tried and what to do.</summary>
public sealed class DatasetSourceException(string message, Exception? inner = null) : Exception(message, inner);
