namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>A stage threw; the message adds which.</summary>
internal sealed class StageFailedException(string stage, Exception inner) : Exception($"Stage '{stage}' failed: {inner.Message}", inner)
{
    public string Stage { get; } = stage;
}
