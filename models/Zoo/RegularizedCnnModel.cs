using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Zoo;

/// <summary>
/// The model of <see cref="RegularizedCnnOptions"/>. Channels double where positions fall to a quarter, so the wide, cheap layers carry
/// the parameters; the average over positions leaves the head few weights to overfit with (Lin et al., "Network in network", 2014).
/// </summary>
internal static class RegularizedCnnModel
{
    public static IEnumerable<string> Check(RegularizedCnnOptions options)
    {
        foreach (var error in OptionCheck.Counts("widths", options.Widths)) yield return error;
        foreach (var error in OptionCheck.AtLeast("convsPerBlock", options.ConvsPerBlock, 1)) yield return error;
        if (options.Dropouts.Count != options.Widths.Count) yield return $"dropouts must be one for each of the {options.Widths.Count} widths, but are {options.Dropouts.Count}";
        foreach (var error in options.Dropouts.SelectMany(rate => OptionCheck.Rate("dropouts", rate)).Take(1)) yield return error;
        foreach (var error in OptionCheck.Rate("headDropout", options.HeadDropout)) yield return error;
    }

    public static WeightInitializer Weights(RegularizedCnnOptions options, ulong seed) => new(options.Init, options.Activation, seed);

    public static GraphValue Layers(GraphBuilder graph, ModelFeatures features, RegularizedCnnOptions options, int outputs)
    {
        var x = features.RequireImage();
        for (var block = 0; block < options.Widths.Count; block++)
        {
            for (var i = 0; i < options.ConvsPerBlock; i++)
            {
                x = graph.BatchNorm2d(graph.Conv2d(x, options.Widths[block], kernel: 3, padding: 1, bias: false));
                x = graph.Activate(x, options.Activation);
            }
            if (block < options.Widths.Count - 1) x = graph.MaxPool2d(x, kernel: 2);
            x = Drop(graph, x, options.Dropouts[block]);
        }
        return graph.Linear(Drop(graph, graph.Flatten(graph.GlobalAveragePool(x)), options.HeadDropout), outputs, name: "head");
    }

    private static GraphValue Drop(GraphBuilder graph, GraphValue x, double rate) => rate > 0 ? graph.Dropout(x, rate) : x;
}
