namespace OnnxPipeline.Inference.Server.Models;

/// <summary>A version of a model, and the file that holds it.</summary>
internal sealed record ModelSource(string Name, long Version, string Path);
