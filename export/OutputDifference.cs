namespace OnnxPipeline.Export;

/// <summary>How far one output of a model is from that of another, over all samples that both ran on.</summary>
/// <param name="Output">Its name in the first model.</param>
/// <param name="Elements">Numbers compared.</param>
/// <param name="MaxAbsDiff">Largest absolute difference; infinite where one is finite and the other is not.</param>
/// <param name="MeanAbsDiff">Mean absolute difference.</param>
/// <param name="Largest">Largest absolute value of the first model, the scale of the differences.</param>
/// <param name="Agreement">Share of rows whose largest number is at the same place; null for outputs that are no [batch, classes].</param>
/// <param name="Problem">What makes the outputs incomparable, such as another shape; null when they compare.</param>
public sealed record OutputDifference(string Output, long Elements, double MaxAbsDiff, double MeanAbsDiff, double Largest, double? Agreement, string? Problem = null)
{
    /// <summary>Whether no number is further off than the tolerance, which is relative for outputs of numbers above 1.</summary>
    public bool IsWithin(double tolerance) => Problem is null && MaxAbsDiff <= tolerance * Math.Max(1, double.IsFinite(Largest) ? Largest : 1);
}
