namespace OnnxPipeline.Training.Autodiff;

/// <summary>A graph cannot be differentiated; the message names the node and the reason.</summary>
public sealed class AutodiffException(string message) : Exception(message);
