namespace OnnxPipeline.Inference.Folders.Inputs;

/// <summary>An archive that cannot be read any further; it never leaves this room, but as the error of a row.</summary>
internal sealed class ArchiveException(string message, Exception? inner) : Exception(message, inner);
