using System.Runtime.InteropServices;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Datasets.Artifacts;

/// <summary>Mean and standard deviation (the population's) of a table's numbers and of a regression's target.</summary>
internal static class NumberStatistics
{
    /// <summary>Of each number of the feature "numeric", missing ones (NaN) left out; a column without any known value has mean 0 and deviation 0.</summary>
    public static (float[] Mean, float[] Std) Of(SampleSet samples)
    {
        var numeric = samples.Features.FirstOrDefault(f => f.Name == TableFeatures.Numeric);
        if (numeric is null) return ([], []);
        var columns = (int)numeric.ItemShape[0];
        var values = MemoryMarshal.Cast<byte, float>(numeric.Data.Span);
        var moments = new Moments[columns];
        for (var i = 0; i < values.Length; i++) moments[i % columns].Add(values[i]);
        return ([.. moments.Select(m => m.Mean)], [.. moments.Select(m => m.Std)]);
    }

    public static RegressionTarget OfTarget(string name, ReadOnlySpan<float> values)
    {
        var moments = new Moments();
        foreach (var value in values) moments.Add(value);
        return new RegressionTarget(name, moments.Mean, moments.Std);
    }
}

/// <summary>Running mean and variance. Source: Welford, "Note on a method for calculating corrected sums of squares and products", 1962.</summary>
internal struct Moments
{
    private long _count;
    private double _mean;
    private double _squares;

    public readonly float Mean => (float)_mean;

    public readonly float Std => _count == 0 ? 0 : (float)Math.Sqrt(_squares / _count);

    /// <summary>Counts a value; NaN is none.</summary>
    public void Add(float value)
    {
        if (float.IsNaN(value)) return;
        _count++;
        var difference = value - _mean;
        _mean += difference / _count;
        _squares += difference * (value - _mean);
    }
}
