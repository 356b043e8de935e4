using OnnxPipeline.Pipeline.Reports.Charts;

namespace OnnxPipeline.Pipeline.Reports.Sections;

/// <summary>A figure of a layer over the epochs.</summary>
/// <param name="Figure">What was measured, for example "output std".</param>
/// <param name="Layer">Where, in the order of the layers.</param>
/// <param name="Values">Epoch, from 1, and value.</param>
internal sealed record ProbeSeries(string Figure, string Layer, IReadOnlyList<(int Epoch, double Value)> Values);

/// <summary>What happened inside the layers while they were trained.</summary>
internal static class ProbesSection
{
    /// <param name="probes">None where the recipe asked for none.</param>
    public static Section Of(IReadOnlyList<ProbeSeries> probes) => new("Inside the layers", probes.Count == 0 ? [] :
    [
        new FacetChart
        {
            Title = "Probes by layer",
            Caption = "Colours run from the first layer to the last.",
            X = Axis.Epoch,
            Y = new("value") { Format = "~g" },
            Panels = [.. probes.GroupBy(p => p.Figure).Select(figure => new Panel(figure.Key, [.. figure.Select(p => new Series(p.Layer, [.. p.Values.Select(v => ((double)v.Epoch, (double?)v.Value))]))]))],
            Columns = 3,
            OwnAxes = true,
            Ordered = true,
            Wide = true,
        },
    ]);
}
