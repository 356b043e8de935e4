namespace OnnxPipeline.Models.Zoo;

/// <summary>Options every model of the registry has in common; each model's own record, in a file of its own, adds to them.</summary>
public abstract record ModelOptions;
