namespace OnnxPipeline.Compression.Quantization.Scheme;

/// <summary>Limits of number formats that .NET has no constants for.</summary>
internal static class FloatLimits
{
    /// <summary>The smallest float with all its digits, 2⁻¹²⁶. A scale below it would lose its own.</summary>
    public const float SmallestNormal = 1.17549435e-38f;
}
