namespace OnnxPipeline.Training.TorchSharp.Tests;

/// <summary>How far apart two tensors are.</summary>
internal static class Closeness
{
    /// <summary>Asserts ‖expected − actual‖ ≤ tolerance·‖expected‖, with a floor for tensors that vanish.</summary>
    public static void Assert(IEnumerable<float> expected, float[] actual, double tolerance, string what, double floor = 1e-2)
    {
        var (difference, norm, count) = (0.0, 0.0, 0);
        foreach (var value in expected)
        {
            difference += Math.Pow((double)value - actual[count++], 2);
            norm += (double)value * value;
        }
        Xunit.Assert.Equal(count, actual.Length);
        var error = Math.Sqrt(difference) / Math.Max(Math.Sqrt(norm), floor);
        Xunit.Assert.True(error <= tolerance, $"{what} is off by {error:g3}");
    }
}
