namespace OnnxPipeline.Training.Optimizers;

/// <summary>The quintic a·x + b·x³ + c·x⁵ that Muon applies to singular values: steep at 0, and near 1 for all of (0, 1] after a few times. Source: Jordan et al. 2024.</summary>
internal static class NewtonSchulz
{
    public const float A = 3.4445f;
    public const float B = -4.7750f;
    public const float C = 2.0315f;

    /// <summary>Added to the norm that a matrix is divided by.</summary>
    public const double Epsilon = 1e-7;
}
