using System.Globalization;

namespace OnnxPipeline.Pipeline.Evaluation;

/// <summary>How far a regression is off on one part of a dataset, in the target's unit.</summary>
internal sealed record RegressionMetrics : SplitMetrics
{
    /// <summary>Root of the mean squared error.</summary>
    public required double Rmse { get; init; }

    /// <summary>Mean absolute error.</summary>
    public required double Mae { get; init; }

    /// <summary>The largest absolute error.</summary>
    public required double MaxError { get; init; }

    /// <summary>Share of the target's variance that is explained: 1 is perfect, 0 no better than the mean; null where all targets are equal.</summary>
    public required double? R2 { get; init; }

    public override string Headline => string.Create(CultureInfo.InvariantCulture, $"root mean squared error {Rmse:G5}{(R2 is { } r2 ? $", R² {r2:0.0000}" : "")}");

    /// <param name="predictions">One a sample.</param>
    /// <param name="values">The true ones.</param>
    public static RegressionMetrics Of(ReadOnlySpan<float> predictions, ReadOnlySpan<float> values)
    {
        var (squares, absolute, largest, sum) = (0.0, 0.0, 0.0, 0.0);
        for (var i = 0; i < values.Length; i++)
        {
            var error = Math.Abs((double)predictions[i] - values[i]);
            (squares, absolute, largest, sum) = (squares + error * error, absolute + error, Math.Max(largest, error), sum + values[i]);
        }
        var (mean, variance) = (sum / values.Length, 0.0);
        foreach (var value in values) variance += (value - mean) * (value - mean);
        return new RegressionMetrics
        {
            Samples = values.Length,
            Rmse = Math.Sqrt(squares / values.Length),
            Mae = absolute / values.Length,
            MaxError = largest,
            R2 = variance > 0 ? 1 - squares / variance : null,
        };
    }
}
