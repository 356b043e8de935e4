namespace OnnxPipeline.Models.Zoo;

/// <summary>Options every model of the registry has in common; each model's own record, in a file of its own, adds to them.</summary>
public abstract record ModelOptions
{
    /// <summary>How many bins the model divides each numeric column into, by quantiles of the training part (<see cref="TableModelInput.Quantiles"/>); 0 for none.</summary>
    public virtual int QuantileBins => 0;
}
