using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Datasets;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training.FineTuning;
using OnnxPipeline.Training.Losses;
using OnnxPipeline.Training.Lowering;
using OnnxPipeline.Training.Averaging;

namespace OnnxPipeline.Training.Engines;

/// <summary>
/// The "ort" engine on the CPU: forward and backward run as one graph in plain ONNX Runtime, writing the gradients where the
/// fused optimizer reads them; the weights are updated in place. In the steady state a step allocates nothing managed.
/// </summary>
public sealed class OrtEngine : ITrainingEngine
{
    private readonly Loss _lossFunction;
    private readonly TrainingGraph _graph;
    private readonly ModelState _state;
    private readonly WeightUpdate _update;
    private readonly WeightAverages? _averages;
    private readonly WeightMasks? _weightMasks;
    private readonly DropoutMasks _masks;
    private readonly NativeTensor _loss;
    private readonly NativeTensor _evaluationLoss = new(EvaluationGraph.Loss);
    private readonly GraphSession _training;
    private readonly GraphSession _evaluation;
    private readonly Lazy<GraphSession> _statistics;
    private readonly Func<int, BatchTensors> _trainingTensors;
    private readonly Func<int, BatchTensors> _evaluationTensors;
    private readonly Func<int, BatchTensors> _statisticsTensors;

    /// <summary>Builds the training graph of a model and opens its sessions.</summary>
    /// <param name="model">The model to train; it is left as it is.</param>
    /// <param name="options">Loss, optimizer, clipping and threads.</param>
    /// <param name="seed">Keys the dropout masks.</param>
    /// <param name="mixed">Whether training samples are mixed of two, each with its label.</param>
    /// <param name="masks">Float tensors of 1 and 0 under the names of weights, whose elements at 0 stay exactly 0; null for none.</param>
    /// <exception cref="TrainingException">The loss does not fit the model, or there is nothing to train; or a mask is of no trained weight.</exception>
    /// <exception cref="Autodiff.AutodiffException">An op has no gradient; all such nodes are listed.</exception>
    public OrtEngine(Model model, TrainOptions options, ulong seed, bool mixed = false, IReadOnlyList<Initializer>? masks = null)
    {
        options = options.For(model);
        _lossFunction = Loss.Create(options.Loss);
        _graph = TrainingGraph.Build(model, options.Loss, mixed, options.Freeze, winograd: true);
        _state = new ModelState(model, _graph);
        _weightMasks = masks is null ? null : new WeightMasks(_graph, masks);
        _weightMasks?.ApplyToWeights(_state);
        _update = new WeightUpdate(_graph, _state, options, _weightMasks);
        _averages = options.Averaging is { } averaging ? new WeightAverages(averaging, _state) : null;
        _masks = new DropoutMasks(_graph.Masks, seed);
        _loss = new NativeTensor(_graph.Loss);

        // Evaluation, a teacher and what is computed outside of the graph want the cores between steps.
        // The lowering says where the blocked layout pays; ONNX Runtime, asked to go on from there, reorders for poolings too.
        var settings = new SessionSettings { Threads = options.Threads, DisabledOptimizers = ["NchwcTransformer"], FlushSubnormals = true, FuseQuantized = false, MemoryPattern = false, Spin = Spinning.WhileRunning };
        InferenceSession Open(Model graph)
        {
            BlockedConvLowering.Apply(graph, BlockedConvLowering.Block);
            return SessionFactory.Create(graph.ToBytes(), settings);
        }
        _training = new GraphSession(Open(_graph.Model.Clone()), [.. _state.Persistent], [.. _state.Gradients, .. _state.BatchStatistics, _loss]);
        _evaluation = new GraphSession(Open(EvaluationGraph.Build(model, _graph, _lossFunction.OfLabels)), [.. Deployed], [_evaluationLoss]);
        _statistics = new Lazy<GraphSession>(() => new GraphSession(Open(StatisticsGraph.Build(_graph)), _averages!.Values, _state.BatchStatistics));
        _trainingTensors = count => new BatchTensors([Seed(count * options.Accumulate)], _masks.Allocate(count), Logits(count));
        _evaluationTensors = count => new BatchTensors([], [], Logits(count));
        _statisticsTensors = count => new BatchTensors([], _masks.Allocate(count), Logits(count));
    }

    public bool Classifies => _lossFunction.Classifies;

    public string Description => $"ort {Providers.Version} on {Device.Cpu}";

    public StepOutcome Step(Batch batch, in TrainingStep step)
    {
        var run = _training.For(batch, _trainingTensors);
        var tensors = run.Tensors;
        if (_masks.Any) _masks.Fill(tensors.Masks, step.BatchNumber);
        _training.Execute(run);

        var loss = _loss.Span[0];
        if (!float.IsFinite(loss)) throw new NonFiniteLossException(step.Number, loss, FirstNonFinite.Find(_graph, InputsOf(run), _state.Weights));

        var norm = _update.Apply(step);
        _state.UpdateStatistics();
        if (step.IsLast) _averages?.AfterStep(step.Number);
        return new StepOutcome(loss, _lossFunction.Correct(tensors.Logits.Span, batch), batch.Count, norm);
    }

    public void EndEpoch(int epoch, BatchLoader batches)
    {
        if (_averages is null || !_averages.AfterEpoch(epoch)) return;
        var mean = new StatisticsMean([.. _averages.Statistics.Select(s => s.Length)]);
        foreach (var batch in batches.Epoch(epoch - 1))
        {
            var run = _statistics.Value.For(batch, _statisticsTensors);
            if (_masks.Any) _masks.Fill(run.Tensors.Masks, batch.Step + 1);
            _statistics.Value.Execute(run);
            mean.Add(_state.BatchStatistics);
        }
        foreach (var (statistic, values) in _averages.Statistics.Zip(mean.Values)) values.CopyTo(statistic.Span);
    }

    public StepOutcome Evaluate(Batch batch)
    {
        var run = _evaluation.For(batch, _evaluationTensors);
        _evaluation.Execute(run);
        return new StepOutcome(_evaluationLoss.Span[0], _lossFunction.Correct(run.Tensors.Logits.Span, batch), batch.Count);
    }

    public void CopyWeightsTo(Model model)
    {
        foreach (var tensor in Deployed) tensor.Span.CopyTo(model.Graph.Initializers[tensor.Name].Span<float>());
    }

    public void SetMasks(IReadOnlyList<Initializer> masks) => Restore(WeightMasks.Impose(Capture(), masks));

    public IReadOnlyList<Initializer> Capture() =>
    [
        .. _state.Persistent.Select(t => Initializer.Create<float>(t.Name, t.Span, t.Dims)),
        .. _update.State.Select(s => Initializer.Create<float>(s.Name, s.Values, s.Length)),
        .. Averages.Select(t => Initializer.Create<float>($"{t.Name}/{AveragingPlan.Slot}", t.Span, t.Dims)),
        .. _weightMasks?.Capture() ?? [],
    ];

    public void Restore(IReadOnlyDictionary<string, Initializer> state)
    {
        foreach (var tensor in _state.Persistent) Read(state, tensor.Name, tensor.Span);
        foreach (var slot in _update.State) Read(state, slot.Name, slot.Values);
        foreach (var tensor in Averages) Read(state, $"{tensor.Name}/{AveragingPlan.Slot}", tensor.Span);
        _weightMasks?.Restore(state);
    }

    public void Dispose()
    {
        _training.Dispose();
        _evaluation.Dispose();
        if (_statistics.IsValueCreated) _statistics.Value.Dispose();
        _update.Dispose();
        _averages?.Dispose();
        _state.Dispose();
        _loss.Dispose();
        _evaluationLoss.Dispose();
    }

    private IEnumerable<NativeTensor> Averages => _averages?.Values ?? [];

    /// <summary>The weights and running statistics that are evaluated and exported.</summary>
    private IEnumerable<NativeTensor> Deployed => _averages?.Values ?? _state.Persistent;

    private static void Read(IReadOnlyDictionary<string, Initializer> state, string name, Span<float> into) =>
        CapturedState.Find(state, name, into.Length).Span<float>().CopyTo(into);

    private static NativeTensor Seed(int samples)
    {
        var seed = new NativeTensor(TrainingGraph.LossGradient);
        seed.Span[0] = 1f / samples;
        return seed;
    }

    private NativeTensor Logits(int count) => new(_graph.Output, count, _graph.OutputWidth);

    private Dictionary<string, OrtValue> InputsOf(BoundRun run)
    {
        var inputs = _state.Persistent.Where(t => _graph.Model.Graph.Input(t.Name) is not null).Concat(run.Tensors.Inputs).ToDictionary(t => t.Name, t => t.OrtValue);
        foreach (var (name, value) in run.BatchViews) inputs[name] = value;
        return inputs;
    }
}
