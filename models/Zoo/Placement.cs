namespace OnnxPipeline.Models.Zoo;

/// <summary>Where a layer stands relative to the activation.</summary>
public enum Placement
{
    BeforeActivation,
    AfterActivation,
}
