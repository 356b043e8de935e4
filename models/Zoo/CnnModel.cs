using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Zoo;

/// <summary>The model of <see cref="CnnOptions"/>: blocks of (Conv 3x3, BatchNorm, activation) closed by MaxPool 2x2 and Dropout, then the head.</summary>
internal static class CnnModel
{
    public static IEnumerable<string> Check(CnnOptions options)
    {
        for (var block = 0; block < options.Channels.Count; block++)
        {
            if (options.Channels[block].Count == 0) yield return $"block {block + 1} has no convolution";
            if (options.Channels[block].Any(c => c < 1)) yield return $"convolutions need at least 1 channel each, but block {block + 1} has [{string.Join(", ", options.Channels[block])}]";
        }
        foreach (var error in OptionCheck.AtLeast("hidden", options.Hidden, 0)) yield return error;
        foreach (var error in OptionCheck.Rate("dropout", options.Dropout)) yield return error;
    }

    public static WeightInitializer Weights(CnnOptions options, ulong seed) => new(options.Init, options.Activation, seed);

    public static GraphValue Layers(GraphBuilder graph, ModelFeatures features, CnnOptions options, int outputs)
    {
        var x = features.RequireImage();
        foreach (var block in options.Channels)
        {
            foreach (var channels in block)
            {
                // A bias before batch normalisation would be taken away again with the mean.
                x = graph.Conv2d(x, channels, kernel: 3, padding: 1, bias: !options.BatchNorm);
                if (options.BatchNorm) x = graph.BatchNorm2d(x);
                x = graph.Activate(x, options.Activation);
            }
            x = graph.MaxPool2d(x, kernel: 2);
            if (options.Dropout > 0) x = graph.Dropout(x, options.Dropout);
        }
        x = graph.Flatten(options.GlobalPool ? graph.GlobalAveragePool(x) : x);
        if (options.Hidden > 0) x = graph.Activate(graph.Linear(x, options.Hidden), options.Activation);
        return graph.Linear(x, outputs, name: "head");
    }
}
