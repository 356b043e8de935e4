namespace OnnxPipeline.Compression.Tests;

/// <summary>Tests that measure time run by themselves, when the others are done.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SpeedCollection
{
    public const string Name = "speed";
}
