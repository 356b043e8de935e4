namespace OnnxPipeline.Inference.Server.Models;

/// <summary>A version of a model, and the file that holds it.</summary>
/// <param name="Name">The model.</param>
/// <param name="Version">From 1.</param>
/// <param name="Path">Its ONNX file.</param>
/// <param name="Config">Where its config.pbtxt is, if it has one; null for a model by its file.</param>
/// <param name="Bundle">The bundle with which the page may train it; null where none is named.</param>
internal sealed record ModelSource(string Name, long Version, string Path, string? Config = null, string? Bundle = null)
{
    public AdapterSource Adapters { get; init; } = AdapterSource.None;
}
