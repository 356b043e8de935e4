namespace OnnxPipeline.OnDevice;

/// <summary>How a bundle is run.</summary>
public sealed record OnDeviceOptions
{
    /// <summary>CPU threads of a step; 0 for all cores.</summary>
    public int Threads { get; init; }
}
