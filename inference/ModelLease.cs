namespace OnnxPipeline.Inference;

/// <summary>The use of a model for a call or some: it stays open until this is disposed, once, even if another takes its place meanwhile.</summary>
public readonly struct ModelLease<T> : IDisposable where T : class, IDisposable
{
    private readonly UsageGate _gate;

    /// <summary>Takes over an entry into the gate.</summary>
    internal ModelLease(T model, UsageGate gate) => (Model, _gate) = (model, gate);

    public T Model { get; }

    public void Dispose() => _gate.Exit();
}
