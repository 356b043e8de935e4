namespace OnnxPipeline.Inference.Server.Models;

/// <summary>Whether a version of a model answers. Source: the states of Triton's repository index.</summary>
internal enum ModelState
{
    Unavailable,
    Loading,
    Ready,
}
