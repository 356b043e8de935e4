using OnnxPipeline.Compression.Pruning.Dependencies;
using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Training.Losses;

namespace OnnxPipeline.Compression.Pruning.Channels;

/// <summary>Takes whole channels out of a model.</summary>
internal sealed class ChannelMethod : IPruneMethod
{
    private const int SaliencyBatch = 64;

    private readonly Model _original;
    private readonly ChannelPruneOptions _options;
    private readonly DatasetSplit? _samples;
    private readonly LossOptions? _loss;
    private readonly DependencyAnalysis _analysis;
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly List<PassNote> _declined;
    private IReadOnlyList<RankedGroup>? _ranked;

    /// <param name="original">The model before any pruning.</param>
    /// <param name="options">What to take out.</param>
    /// <param name="samples">Training samples, for gradients; needed by the criterion taylor alone.</param>
    /// <param name="loss">The loss, for gradients.</param>
    /// <exception cref="PruneException">No channel can be taken out, or a pattern matches no layer.</exception>
    public ChannelMethod(Model original, ChannelPruneOptions options, DatasetSplit? samples, LossOptions? loss)
    {
        (_original, _options, _samples, _loss) = (original, options, samples, loss);
        if (options.Criterion == ChannelCriterion.Taylor && samples is null) throw new PruneException("The criterion taylor takes gradients on labelled samples, and there are none; rank by magnitude, euclidean or batch-norm.");
        _analysis = DependencyAnalysis.Of(original);
        LayerChoice.RequireMatches(options, [.. _analysis.Producers.SelectMany(p => (string[])[p.Layer, p.Weight]).Distinct()]);
        _declined = [.. _analysis.Declined];
        var scores = new ChannelScores(original, options.Criterion, options.Criterion == ChannelCriterion.Taylor ? Unknown(original) : null);
        foreach (var group in _analysis.Groups)
        {
            if (WhyNot(group, scores) is { } reason) _declined.Add(new PassNote(group.Name, reason));
            else _counts[group.Name] = group.Channels.Count;
        }
        if (_counts.Count == 0) throw new PruneException($"No channel can be taken out. {(_declined.Count > 0 ? string.Join("; ", _declined) : "The model has no convolution or product with weights")}.");
    }

    public string Unit => "channels";

    public double Amount => _options.Amount;

    public IReadOnlyList<string> Layers => [.. _counts.Keys];

    public IReadOnlyList<PassNote> Declined => _declined;

    public PrunedModel Prune(Model current, double share, CancellationToken cancellation)
    {
        var analysis = DependencyAnalysis.Of(current);
        return new PrunedModel(ChannelRemover.Remove(current, ChannelSelector.Select(Rank(current, analysis, cancellation), share, _options.Scope, _options.RoundTo)), Masks: null);
    }

    public Model PruneAlone(string layer, double share, CancellationToken cancellation)
    {
        _ranked ??= Rank(_original, _analysis, cancellation);
        return ChannelRemover.Remove(_original, ChannelSelector.Select([.. _ranked.Where(r => r.Group.Name == layer)], share, PruneScope.Layer, roundTo: 1));
    }

    public IReadOnlyList<LayerPruning> Compare(Model pruned) => [.. _analysis.Producers.DistinctBy(p => p.Layer).Select(p => new LayerPruning(p.Layer, Size(_original, p), Size(pruned, p)))];

    public double Left(Model pruned) => (double)DependencyAnalysis.Of(pruned).Groups.Where(g => _counts.ContainsKey(g.Name)).Sum(g => g.Channels.Count) / _counts.Values.Sum();

    private string? WhyNot(ChannelGroup group, ChannelScores scores)
    {
        string[] names = [.. group.Producers.SelectMany(p => (string[])[p.Layer, p.Weight])];
        if (!LayerChoice.Takes(_options, names)) return "not chosen by prune.method";
        if (group.Channels.Count == 1) return "it has one channel that may go, and one must stay";
        return scores.Of(group, out var reason) is null ? reason : null;
    }

    private List<RankedGroup> Rank(Model current, DependencyAnalysis analysis, CancellationToken cancellation)
    {
        var saliency = _options.Criterion == ChannelCriterion.Taylor
            ? TaylorSaliency.Of(current, analysis.Producers, _loss, _samples!, _options.Batches, SaliencyBatch, cancellation)
            : null;
        var scores = new ChannelScores(current, _options.Criterion, saliency);
        return [.. analysis.Groups.Where(g => _counts.ContainsKey(g.Name)).Select(g => new RankedGroup(g, scores.Of(g, out _)!, _counts[g.Name]))];
    }

    /// <summary>Figures for every weight that has a gradient, before any is known.</summary>
    private static Dictionary<(string Weight, int Axis), double[]> Unknown(Model model) => Trainables.Of(model.Graph)
        .SelectMany(t => Enumerable.Range(0, t.Dims.Count).Select(axis => (t, axis)))
        .ToDictionary(p => (p.t.Name, p.axis), p => new double[p.t.Dims[p.axis]]);

    private static long Size(Model model, Producer producer) =>
        (model.Graph.Initializers.TryGet(producer.Weight, out var tensor) ? tensor : ConstantTable.ValueOf(model.Graph.Nodes.First(n => n.Outputs.Contains(producer.Weight)))!).Dims[producer.Axis];
}
