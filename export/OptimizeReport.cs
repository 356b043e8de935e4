namespace OnnxPipeline.Export;

/// <summary>What optimising a model did, and how its outputs compare with those of the original.</summary>
/// <param name="Modified">False when no pass found anything to do.</param>
/// <param name="Passes">What each pass did and declined, in order.</param>
/// <param name="Refused">What was asked for by name, an operator set for example, and cannot be done; empty when all is done.</param>
/// <param name="Check">The outputs before and after, on inputs made up from the signature; empty when nothing was modified.</param>
/// <param name="Tolerance">The largest difference allowed.</param>
/// <param name="Notes">What the reader should know of the check.</param>
public sealed record OptimizeReport(bool Modified, IReadOnlyList<PassReport> Passes, IReadOnlyList<PassNote> Refused, IReadOnlyList<OutputDifference> Check, double Tolerance, IReadOnlyList<string> Notes)
{
    /// <summary>Whether everything asked for was done and every output is the same within the tolerance; a change that nothing could check does not pass.</summary>
    public bool Passed => Refused.Count == 0 && (!Modified || Check.Count > 0) && Check.All(c => c.IsWithin(Tolerance));
}
