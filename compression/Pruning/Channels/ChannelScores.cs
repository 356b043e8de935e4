using OnnxPipeline.Compression.Pruning.Dependencies;
using OnnxPipeline.Export.Rewriting;

namespace OnnxPipeline.Compression.Pruning.Channels;

/// <summary>How important the channels of a model are: figures of each index of a weight's axis, summed over all that is tied to a channel.</summary>
internal sealed class ChannelScores
{
    private readonly Model _model;
    private readonly ChannelCriterion _criterion;
    private readonly ConstantTable _constants;
    private readonly IReadOnlyDictionary<(string Weight, int Axis), double[]> _saliency;
    private readonly HashSet<string> _scales;
    private readonly Dictionary<(string Weight, int Axis), double[]> _figures = [];

    /// <param name="model">The model.</param>
    /// <param name="criterion">What is figured.</param>
    /// <param name="saliency">For <see cref="ChannelCriterion.Taylor"/>: |Σ weight · gradient| of each index.</param>
    public ChannelScores(Model model, ChannelCriterion criterion, IReadOnlyDictionary<(string Weight, int Axis), double[]>? saliency = null)
    {
        (_model, _criterion) = (model, criterion);
        _constants = new ConstantTable(model, new GraphTopology(model.Graph).Producer);
        _saliency = saliency ?? new Dictionary<(string, int), double[]>();
        // A factor that training never touches, a Constant, says nothing of its channel.
        _scales = [.. model.Graph.Nodes.Where(n => n.Is(Ops.BatchNormalization)).Select(n => n.Inputs[1]).Where(model.Graph.Initializers.Contains)];
    }

    /// <summary>The importance of each channel of a group; null where the criterion has nothing to go by, with the reason.</summary>
    public double[]? Of(ChannelGroup group, out string reason)
    {
        reason = _criterion switch
        {
            ChannelCriterion.BatchNorm => "no batch normalisation with trained factors follows it",
            _ => "its weights get no gradient",
        };
        var axes = _criterion == ChannelCriterion.BatchNorm
            ? group.Channels[0].Slots.Where(s => s.Axis == 0 && _scales.Contains(s.Value)).Select(s => (s.Value, 0)).Distinct().ToArray()
            : [.. group.Producers.Select(p => (p.Weight, p.Axis)).Distinct()];
        if (axes.Length == 0 || (_criterion == ChannelCriterion.Taylor && !axes.All(_saliency.ContainsKey))) return null;
        var scored = axes.ToHashSet();
        return [.. group.Channels.Select(channel => Score(channel.Slots.Where(s => scored.Contains((s.Value, s.Axis))).Sum(s => Figure((s.Value, s.Axis))[s.Index])))];
    }

    private double Score(double sum) => _criterion == ChannelCriterion.Euclidean ? Math.Sqrt(sum) : sum;

    private double[] Figure((string Weight, int Axis) at)
    {
        if (_criterion == ChannelCriterion.Taylor) return _saliency[at];
        if (_figures.TryGetValue(at, out var known)) return known;
        var tensor = _constants.Find(at.Weight) ?? _model.Graph.Initializers[at.Weight];
        var values = TensorReader.ToDoubles(tensor)!;
        for (var i = 0; i < values.Length; i++) values[i] = _criterion == ChannelCriterion.Euclidean ? values[i] * values[i] : Math.Abs(values[i]);
        return _figures[at] = SumsAlong(values, tensor.Dims, at.Axis);
    }

    /// <summary>The sum of all elements at each index of an axis.</summary>
    public static double[] SumsAlong(ReadOnlySpan<double> values, IReadOnlyList<long> dims, int axis)
    {
        var sums = new double[dims[axis]];
        var block = (int)dims.Skip(axis + 1).Aggregate(1L, (product, dim) => product * dim);
        for (var i = 0; i < values.Length; i++) sums[i / block % sums.Length] += values[i];
        return sums;
    }
}
