using OnnxPipeline.Pipeline.Reports.Charts;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Training.Probes;

namespace OnnxPipeline.Pipeline.Reports.Sections;

/// <summary>A figure of a layer over the epochs.</summary>
/// <param name="Figure">What was measured, for example "output std".</param>
/// <param name="Layer">Where, in the order of the layers.</param>
/// <param name="Values">Epoch, from 1, and value.</param>
internal sealed record ProbeSeries(string Figure, string Layer, IReadOnlyList<(int Epoch, double Value)> Values);

/// <summary>What happened inside the layers while they were trained.</summary>
internal static class ProbesSection
{
    public static Section Of(TrainingHistory history)
    {
        var probed = history.Epochs.Where(e => e.Probes is not null).Select(e => (e.Epoch, Probes: e.Probes!)).ToArray();
        if (probed.Length == 0) return Of([]);
        IEnumerable<ProbeSeries> Layers(string figure, Func<LayerProbe, double> value) =>
            probed[0].Probes.Layers.Select((layer, i) => new ProbeSeries(figure, layer.Layer, [.. probed.Select(p => (p.Epoch, value(p.Probes.Layers[i])))]));
        IEnumerable<ProbeSeries> Parameters(string figure, Func<ParameterProbe, double> value) =>
            probed[0].Probes.Parameters.Select((parameter, i) => new ProbeSeries(figure, parameter.Parameter, [.. probed.Select(p => (p.Epoch, value(p.Probes.Parameters[i])))]));
        return Of([
            .. Layers("output mean", l => l.Mean), .. Layers("output mean |.|", l => l.MeanAbs), .. Layers("output std", l => l.Std),
            .. Parameters("mean |gradient|", p => p.MeanAbsGradient), .. Parameters("mean |weight|", p => p.MeanAbsWeight),
            new ProbeSeries("norm of all parameters", "all", [.. probed.Select(p => (p.Epoch, p.Probes.ParameterNorm))]),
        ]);
    }

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
