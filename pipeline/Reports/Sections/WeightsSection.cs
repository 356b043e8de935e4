using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Reports.Analysis;
using OnnxPipeline.Pipeline.Reports.Charts;

namespace OnnxPipeline.Pipeline.Reports.Sections;

/// <summary>How training changed the weights.</summary>
internal static class WeightsSection
{
    private const int Bins = 40;
    private const int MostLayers = 12;

    public static Section Of(RunFiles run)
    {
        // Biases and scales are vectors, and say little; the matrices and kernels are what a layer has learnt.
        var layers = Trainables.Of(run.Initial.Graph).Where(t => t.ElementType == ElementType.Float && t.Dims.Count >= 2 && run.Trained.Graph.Initializers.Contains(t.Name)).ToArray();
        var panels = Shown(layers).Select(before => PanelOf(before, run.Trained.Graph.Initializers[before.Name])).OfType<Panel>().ToArray();
        return new Section("Weights", panels.Length == 0 ? [] :
        [
            new FacetChart
            {
                Title = "Weights before and after training",
                Caption = layers.Length > MostLayers ? $"{MostLayers} of {layers.Length} layers, from the first to the last." : null,
                X = new("weight") { Format = "~g" },
                Y = new("share") { Zero = true, Format = "~%" },
                Panels = panels,
                OwnAxes = true,
                Wide = true,
            },
        ]);
    }

    private static IEnumerable<Initializer> Shown(Initializer[] layers) =>
        layers.Length <= MostLayers ? layers : Enumerable.Range(0, MostLayers).Select(i => layers[i * (layers.Length - 1) / (MostLayers - 1)]);

    private static Panel? PanelOf(Initializer before, Initializer after) => Histogram.Range(before.Span<float>(), after.Span<float>()) is var (low, high)
        ? new Panel(before.Name, [new Series("before", Histogram.Of(before.Span<float>(), low, high, Bins)), new Series("after", Histogram.Of(after.Span<float>(), low, high, Bins))])
        : null;
}
