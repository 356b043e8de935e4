using OnnxPipeline.Export;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Compression.Pruning.Masks;

/// <summary>Puts single weights of a model to 0.</summary>
internal sealed class MaskMethod : IPruneMethod
{
    private readonly Model _original;
    private readonly PruneMethodOptions _options;
    private readonly IReadOnlyList<WeightLayer> _layers;
    private readonly List<PassNote> _declined;

    /// <param name="original">The model before any pruning.</param>
    /// <param name="options">Which weights; those of <see cref="WeightPruneOptions"/> or <see cref="PatternPruneOptions"/>.</param>
    /// <param name="frozen">Patterns of weights that fine-tuning keeps as they are, and pruning too.</param>
    /// <exception cref="PruneException">No weight can be put to 0, or a pattern matches no layer.</exception>
    public MaskMethod(Model original, PruneMethodOptions options, IReadOnlyList<string> frozen)
    {
        (_original, _options) = (original, options);
        var (layers, declined) = WeightLayer.Of(original, options is WeightPruneOptions { Biases: true });
        LayerChoice.RequireMatches(options, [.. layers.SelectMany(l => (string[])[l.Layer, l.Weight]).Distinct()]);
        _declined = [.. declined];
        var chosen = new List<WeightLayer>();
        foreach (var layer in layers)
        {
            if (WhyNot(layer, frozen) is { } reason) _declined.Add(new PassNote(layer.Layer, reason));
            else chosen.Add(layer);
        }
        if (chosen.Count == 0) throw new PruneException($"No weight can be put to 0. {string.Join("; ", _declined)}.");
        _layers = chosen;
    }

    public string Unit => "weights";

    public double Amount => _options switch
    {
        WeightPruneOptions weights => weights.Amount,
        PatternPruneOptions pattern => 1 - (double)pattern.Keep / pattern.Of,
        _ => throw new NotSupportedException($"No masks are made by options of type {_options.GetType().Name}."),
    };

    public IReadOnlyList<string> Layers => [.. _layers.Select(l => l.Weight)];

    public IReadOnlyList<PassNote> Declined => _declined;

    /// <summary>The masks that leave the largest of some weights: those of the layers, as they are in a model or in an engine.</summary>
    public IReadOnlyList<Initializer> MasksOf(IEnumerable<Initializer> tensors, double share)
    {
        var byName = tensors.ToDictionary(t => t.Name);
        Initializer[] weights = [.. _layers.Select(l => byName[l.Weight])];
        return _options is PatternPruneOptions pattern
            ? [.. _layers.Zip(weights, (layer, weight) => MagnitudeMasks.OfPattern(weight, layer.InputAxis, pattern.Keep, pattern.Of))]
            : MagnitudeMasks.Of(weights, share, ((WeightPruneOptions)_options).Scope);
    }

    public PrunedModel Prune(Model current, double share, CancellationToken cancellation)
    {
        var masks = MasksOf(current.Graph.Initializers, share);
        return new PrunedModel(WeightMasks.Apply(current, masks), masks);
    }

    public Model PruneAlone(string layer, double share, CancellationToken cancellation) =>
        WeightMasks.Apply(_original, MagnitudeMasks.Of([_original.Graph.Initializers[layer]], share, PruneScope.Layer));

    public IReadOnlyList<LayerPruning> Compare(Model pruned) => [.. _layers.Select(l => new LayerPruning(l.Weight, NonZero(_original.Graph.Initializers[l.Weight]), NonZero(pruned.Graph.Initializers[l.Weight])))];

    public double Left(Model pruned) =>
        (double)_layers.Sum(l => NonZero(pruned.Graph.Initializers[l.Weight])) / _layers.Sum(l => _original.Graph.Initializers[l.Weight].ElementCount);

    public static long NonZero(Initializer tensor)
    {
        var count = 0L;
        foreach (var value in tensor.Span<float>())
        {
            if (value != 0) count++;
        }
        return count;
    }

    private string? WhyNot(WeightLayer layer, IReadOnlyList<string> frozen)
    {
        if (!LayerChoice.Takes(_options, layer.Layer, layer.Weight)) return $"'{layer.Weight}' is not chosen by prune.method";
        if (NameGlob.AnyMatches(frozen, layer.Weight)) return $"'{layer.Weight}' is frozen in fine-tuning";
        var inputs = _original.Graph.Initializers[layer.Weight].Dims[layer.InputAxis];
        return _options is PatternPruneOptions pattern && inputs % pattern.Of != 0 ? $"'{layer.Weight}' has {inputs} inputs, no multiple of {pattern.Of}" : null;
    }
}
