namespace OnnxPipeline.OnDevice;

/// <summary>A bundle or a state that cannot be used, or a step that came to no number; the message says what to do.</summary>
public sealed class OnDeviceException(string message, Exception? inner = null) : Exception(message, inner);
