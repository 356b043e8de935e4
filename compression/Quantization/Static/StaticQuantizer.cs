using OnnxPipeline.Compression.Quantization.Calibration;
using OnnxPipeline.Compression.Quantization.Placement;
using OnnxPipeline.Compression.Quantization.Scheme;
using OnnxPipeline.Compression.QuantizationAware;
using OnnxPipeline.Export;
using OnnxPipeline.Export.Passes;

namespace OnnxPipeline.Compression.Quantization.Static;

/// <summary>
/// int8 by ranges measured beforehand, or trained ones where the model was trained with its rounding. They are measured once, for every
/// node; which of the nodes use them may then be tried out.
/// </summary>
internal sealed class StaticQuantizer : IMethod
{
    private readonly Model _model;
    private readonly StaticQuantizeOptions _options;
    private readonly HeldOutSamples _samples;
    private readonly PlacementPlan _whole;
    private readonly Dictionary<string, ValueRange> _ranges;

    /// <param name="model">A float model; it is not changed.</param>
    /// <param name="options">What is quantised, and how.</param>
    /// <param name="samples">Samples to calibrate with.</param>
    /// <param name="stays">Whether a node stays in float32 whatever is tried.</param>
    /// <param name="cancellation">Stops the calibration.</param>
    public StaticQuantizer(Model model, StaticQuantizeOptions options, HeldOutSamples samples, Func<Node, bool> stays, CancellationToken cancellation = default)
    {
        _options = options;
        _samples = samples;
        _model = options.Equalize ? Equalizer.Apply(model, out _) : model;
        _whole = Planner.Plan(new GraphFacts(_model), options, stays);
        var trained = options.Equalize ? new Dictionary<string, TrainedRange>() : TrainedRanges.Of(_model);
        var measured = new Calibrator(_model, samples, options).Measure(_whole.Measured.Where(v => !trained.ContainsKey(v)), cancellation);
        _ranges = new Dictionary<string, ValueRange>([.. measured, .. trained.Select(t => KeyValuePair.Create(t.Key, new ValueRange(t.Value.Min, t.Value.Max)))]);
    }

    public MethodResult Apply(Func<Node, bool> stays, CancellationToken cancellation = default)
    {
        var copy = _model.Clone();
        var facts = new GraphFacts(copy);
        var plan = Planner.Plan(facts, _options, stays);
        if (PoolingOrder.PutFirst(facts, plan))
        {
            facts = new GraphFacts(copy);
            plan = Planner.Plan(facts, _options, stays);
        }
        var names = plan.Weighted.Select(w => w.Node.DisplayName).ToArray();
        QdqWriter.Write(facts, plan, _options, ParametersOf(facts, plan));
        var result = new EliminateDeadNodes().Apply(copy).Model;
        if (_options.CorrectBias) BiasCorrector.Apply(_model, result, _samples, cancellation);
        return new MethodResult(result, names, plan.Left);
    }

    private Dictionary<string, QuantizationParameters> ParametersOf(GraphFacts facts, PlacementPlan plan)
    {
        var integers = IntegerRange.OfActivations(_options.Activations, _options.Symmetric);
        var parameters = plan.Pixels.ToDictionary(p => p.Key, p => p.Value.Parameters);
        foreach (var value in plan.Measured)
        {
            // A probability lies between 0 and 1, whatever the samples gave.
            var range = facts.Topology.Producer(value) is { } maker && maker.Is(Ops.Softmax) ? new ValueRange(0, 1) : RangeOf(value);
            parameters[value] = QuantizationParameters.Of(range.Min, range.Max, integers, _options.Symmetric);
        }
        return parameters;
    }

    /// <summary>A value that was passed on when every node was quantised has the range that it was passed on with.</summary>
    private ValueRange RangeOf(string value) => _ranges.TryGetValue(value, out var range) ? range : _ranges[_whole.RangeOf[value]];
}
