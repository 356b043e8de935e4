namespace OnnxPipeline.Models.Zoo;

/// <summary>What a pooling layer keeps of the values under its window.</summary>
public enum Pooling
{
    Max,
    Average,
}
