using Microsoft.ML.OnnxRuntime;

namespace OnnxPipeline.Export.Verification;

/// <summary>A model's inputs, ready to be run again and again.</summary>
internal sealed class PreparedBatch(InferenceSession session, RunOptions options, string[] names, OrtValue[] values) : IDisposable
{
    private readonly string[] _outputs = [.. session.OutputNames];

    /// <summary>Runs them once, all outputs computed, and drops what comes out.</summary>
    public void Run() => session.Run(options, names, values, _outputs).Dispose();

    public void Dispose()
    {
        foreach (var value in values) value.Dispose();
    }
}
