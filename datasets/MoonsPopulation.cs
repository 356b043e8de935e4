namespace OnnxPipeline.Datasets;

/// <summary>Samples of two half-moons that were drawn alike.</summary>
public sealed record MoonsPopulation
{
    /// <summary>How many, half of them of each class (the upper one gets the odd one).</summary>
    public int Samples { get; init; } = 500;

    /// <summary>Standard deviation of the normal noise on x and on y, in radii of a moon.</summary>
    public double Noise { get; init; } = 0.15;

    /// <summary>Degrees by which the plane is turned counter-clockwise about its origin, noise included.</summary>
    public double Rotation { get; init; }

    internal IEnumerable<string> Validate(string path)
    {
        if (Samples < 2) yield return $"{path}.samples is {Samples}; expected 2 or more, one of each class.";
        if (!(Noise is >= 0 and <= 100)) yield return $"{path}.noise is {Noise}; expected a standard deviation from 0 to 100.";
        if (!(Math.Abs(Rotation) <= 360)) yield return $"{path}.rotation is {Rotation}; expected degrees from -360 to 360.";
    }
}
