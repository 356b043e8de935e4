namespace OnnxPipeline.Compression.Quantization.Calibration;

/// <summary>The range of a value that is to be kept.</summary>
internal readonly record struct ValueRange(double Min, double Max)
{
    public double LargestMagnitude => Math.Max(Math.Abs(Min), Math.Abs(Max));

    /// <summary>The part of this range whose magnitude is at most <paramref name="threshold"/>.</summary>
    public ValueRange Within(double threshold) => new(Math.Max(Min, -threshold), Math.Min(Max, threshold));

    public ValueRange Join(ValueRange other) => new(Math.Min(Min, other.Min), Math.Max(Max, other.Max));
}
