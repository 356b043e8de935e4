using OnnxPipeline.Compression.Scoring;

namespace OnnxPipeline.Compression.Pruning.Search;

/// <summary>What each layer's pruning costs by itself: where little is lost, much can go.</summary>
internal static class SensitivityScan
{
    public static IReadOnlyList<LayerSensitivity> Run(SensitivityOptions options, IPruneMethod method, ModelScorer scorer, CancellationToken cancellation) =>
        [.. method.Layers.Select(layer => new LayerSensitivity(layer, [.. options.Amounts.Order().Select(amount => new SensitivityPoint(amount, scorer.Score(method.PruneAlone(layer, amount, cancellation), cancellation)))]))];
}
