namespace OnnxPipeline.Inference.Server.Models;

/// <summary>The use of a loaded model by one request: it stays loaded until this is disposed, even if another takes its place.</summary>
internal sealed class ModelLease(ServedModel model) : IDisposable
{
    public ServedModel Model => model;

    public void Dispose() => model.Leave();
}
