namespace OnnxPipeline.Training.TorchSharp.Tests;

/// <summary>A fact that needs TorchSharp built in.</summary>
public sealed class TorchFactAttribute : FactAttribute
{
    /// <summary>Why such a test is skipped; null where TorchSharp is there.</summary>
    internal static readonly string? Reason = TorchEngines.IsBuilt ? null : "The engine 'torch' is not built in; build and test with -p:TorchSharp=true.";

    public TorchFactAttribute() => Skip = Reason;
}

/// <summary>A theory that needs TorchSharp built in.</summary>
public sealed class TorchTheoryAttribute : TheoryAttribute
{
    public TorchTheoryAttribute() => Skip = TorchFactAttribute.Reason;
}
