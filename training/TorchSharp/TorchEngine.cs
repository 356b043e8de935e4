using System.Runtime.InteropServices;
using OnnxPipeline.Datasets;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training.Averaging;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.FineTuning;
using OnnxPipeline.Training.Losses;
using OnnxPipeline.Training.TorchSharp.Graphs;
using OnnxPipeline.Training.TorchSharp.State;

namespace OnnxPipeline.Training.TorchSharp;

/// <summary>
/// The "torch" engine: runs the nodes of the training graph's forward half as TorchSharp operations, and lets autograd find the
/// gradients. Its state bears the names of the "ort" engine's, so that a checkpoint of either is one of the other.
/// </summary>
internal sealed class TorchEngine : ITrainingEngine
{
    private readonly Loss _lossFunction;
    private readonly TrainingGraph _graph;
    private readonly torch.Device _device;
    private readonly Device _named;
    private readonly TorchState _state;
    private readonly TorchUpdate _update;
    private readonly TorchAverages? _averages;
    private readonly LossScale? _lossScale;
    private readonly DropoutMasks _masks;
    private readonly BatchFeed _feed;
    private readonly TorchGraph _training;
    private readonly TorchGraph _evaluation;
    private readonly Lazy<TorchGraph> _statistics;
    private readonly int _loss;
    private readonly int _output;
    private readonly int[] _batchStatistics;

    public TorchEngine(Model model, TrainOptions options, ulong seed, Device device, bool mixed, IReadOnlyList<Initializer>? masks)
    {
        (_named, _device) = (device, TorchDevice.Open(device));
        options = options.For(model);
        Determinism.Set(options.Deterministic);
        if (options.Threads > 0) torch.set_num_threads(options.Threads);
        _lossFunction = Loss.Create(options.Loss);
        _graph = TrainingGraph.BuildForward(model, options.Loss, mixed, options.Freeze);
        WeightMasks.Check(_graph, masks ?? []);

        var compiler = new TorchCompiler(_device, HalfOf(options.Precision));
        string[] forward = [_graph.Loss, _graph.Output, .. _graph.Statistics.Select(s => s.Batch)];
        _training = compiler.Compile(_graph.Model, forward);
        _evaluation = compiler.Compile(EvaluationGraph.Build(model, _graph, _lossFunction.OfLabels), [EvaluationGraph.Loss, _graph.Output]);
        _statistics = new Lazy<TorchGraph>(() => Given(compiler.Compile(_graph.Model, forward[1..]), Deployed));
        (_loss, _output) = (_training.PlaceOf(_graph.Loss), _training.PlaceOf(_graph.Output));
        _batchStatistics = [.. _graph.Statistics.Select(s => _training.PlaceOf(s.Batch))];

        _state = new TorchState(WeightMasks.Apply(model, masks ?? []), _graph, _device);
        _update = new TorchUpdate(_graph, _state, options, masks ?? [], _device, new TorchCompiler(_device));
        _averages = options.Averaging is { } averaging ? new TorchAverages(averaging, _state) : null;
        _lossScale = options.Precision == Precision.Float16 ? new LossScale() : null;
        _masks = new DropoutMasks(_graph.Masks, seed);
        _feed = new BatchFeed(_device, device.IsCuda ? new ResidentSamples(_device) : null);
        Given(_training, _state.Persistent);
        Given(_evaluation, Deployed);
    }

    public bool Classifies => _lossFunction.Classifies;

    public string Description => $"{TorchEngines.Version} on {_named}";

    public StepOutcome Step(Batch batch, in TrainingStep step)
    {
        try
        {
            if (step.Part == 0) _state.ClearGradients();
            Give(_training, batch, batch.Count, step.BatchNumber);
            var scale = _lossScale?.Factor ?? 1;
            Backward(batch.Count, step.Parts, scale);

            var loss = _training[_loss].item<float>();
            if (!float.IsFinite(loss)) throw new NonFiniteLossException(step.Number, loss, _state.FirstNonFiniteWeight() ?? _training.FirstNonFinite());
            var correct = Correct(_training, _output, batch);
            var norm = step.IsLast ? Update(step, scale) : 0;
            _state.UpdateStatistics(i => _training[_batchStatistics[i]]);
            if (step.IsLast && _lossScale is not { Skipped: true }) _averages?.AfterStep(step.Number);
            _training.Clear();
            return new StepOutcome(loss, correct, batch.Count, norm);
        }
        catch (ExternalException exception) when (DeviceMemory.IsExhausted(exception))
        {
            var number = step.BatchNumber;
            _training.Clear();
            if (_feed.Release()) return Step(batch, step);
            throw DeviceMemory.Exhausted(batch.Count, samples => Fits(batch, samples, number), _named.ToString());
        }
    }

    public void EndEpoch(int epoch, BatchLoader batches)
    {
        if (_averages is null || !_averages.AfterEpoch(epoch)) return;
        using var _ = torch.no_grad();
        var graph = _statistics.Value;
        var places = _graph.Statistics.Select(s => graph.PlaceOf(s.Batch)).ToArray();
        var mean = new StatisticsMean([.. _averages.Statistics.Select(s => (int)s.numel())]);
        foreach (var batch in batches.Epoch(epoch - 1))
        {
            Give(graph, batch, batch.Count, batch.Step + 1);
            graph.Run();
            mean.Add([.. places.Select(place => HostCopy.Floats(graph[place]))]);
        }
        graph.Clear();
        foreach (var (statistic, values) in _averages.Statistics.Zip(mean.Values)) HostCopy.Write(values, statistic);
    }

    public StepOutcome Evaluate(Batch batch)
    {
        using var _ = torch.no_grad();
        _feed.Give(_evaluation, batch, batch.Count);
        _evaluation.Run();
        var outcome = new StepOutcome(_evaluation[_evaluation.PlaceOf(EvaluationGraph.Loss)].item<float>(), Correct(_evaluation, _evaluation.PlaceOf(_graph.Output), batch), batch.Count);
        _evaluation.Clear();
        return outcome;
    }

    public void CopyWeightsTo(Model model)
    {
        foreach (var (name, tensor) in Deployed) HostCopy.Floats(tensor).CopyTo(model.Graph.Initializers[name].Span<float>());
    }

    public void SetMasks(IReadOnlyList<Initializer> masks) => Restore(WeightMasks.Impose(Capture(), masks));

    public IReadOnlyList<Initializer> Capture() => [.. Saved.Select(s => HostCopy.Read(s.Name, s.Tensor)), .. _lossScale is null ? [] : new[] { _lossScale.Capture() }];

    public void Restore(IReadOnlyDictionary<string, Initializer> state)
    {
        foreach (var (name, tensor) in Saved) CapturedState.Find(state, name, tensor.numel());
        foreach (var (name, tensor) in _state.Persistent.Concat(Averages)) HostCopy.Write(state, name, tensor);
        _update.Restore(state);
        _lossScale?.Restore(state);
    }

    public void Dispose()
    {
        _training.Dispose();
        _evaluation.Dispose();
        if (_statistics.IsValueCreated) _statistics.Value.Dispose();
        _update.Dispose();
        _averages?.Dispose();
        _state.Dispose();
        _feed.Dispose();
    }

    private IEnumerable<(string Name, Tensor Tensor)> Saved => _state.Persistent.Concat(_update.State).Concat(Averages);

    private IEnumerable<(string Name, Tensor Tensor)> Averages => Averaged.Select(a => ($"{a.Name}/{AveragingPlan.Slot}", a.Tensor));

    private IEnumerable<(string Name, Tensor Tensor)> Averaged => _averages is null ? [] : _state.Persistent.Zip(_averages.Values, (p, average) => (p.Name, average));

    /// <summary>The weights and running statistics that are evaluated and exported.</summary>
    private IEnumerable<(string Name, Tensor Tensor)> Deployed => _averages is null ? _state.Persistent : Averaged;

    /// <summary>Forward, and the gradients of the mean loss times a scale; the loss and the logits stay in the graph.</summary>
    private void Backward(int samples, int parts, double scale)
    {
        _training.Run();
        using var mean = _training[_loss].mul(scale / ((double)samples * parts));
        mean.backward();
    }

    /// <summary>The weights' change after a step's last batch; gives the norm of the gradients.</summary>
    private double Update(in TrainingStep step, double scale)
    {
        var norm = _update.Apply(step, scale);
        if (_lossScale is not null && !_lossScale.After(overflowed: norm is null)) throw new NonFiniteGradientException(step.Number, _state.FirstNonFiniteGradient());
        return norm ?? 0;
    }

    private void Give(TorchGraph graph, Batch batch, int samples, long number)
    {
        _feed.Give(graph, batch, samples);
        for (var i = 0; i < _graph.Masks.Count; i++)
        {
            var (index, mask) = (i, _graph.Masks[i]);
            _feed.Give(graph, mask.Input, samples, [.. mask.Shape.Skip(1).Select(d => d.Size!.Value)], factors => _masks.Fill(index, factors, number));
        }
    }

    private int Correct(TorchGraph graph, int output, Batch batch) => _lossFunction.Classifies ? _lossFunction.Correct(HostCopy.Floats(graph[output]), batch) : 0;

    /// <summary>Whether forward and backward on so many of a batch's samples find memory.</summary>
    private bool Fits(Batch batch, int samples, long number)
    {
        try
        {
            _state.ClearGradients();
            Give(_training, batch, samples, number);
            Backward(samples, 1, 1);
            return true;
        }
        catch (ExternalException exception) when (DeviceMemory.IsExhausted(exception))
        {
            return false;
        }
        finally
        {
            _training.Clear();
        }
    }

    private static TorchGraph Given(TorchGraph graph, IEnumerable<(string Name, Tensor Tensor)> tensors)
    {
        foreach (var (name, tensor) in tensors) graph.Give(graph.PlaceOf(name), tensor);
        return graph;
    }

    private static ScalarType? HalfOf(Precision precision) => precision switch
    {
        Precision.Bfloat16 => ScalarType.BFloat16,
        Precision.Float16 => ScalarType.Float16,
        _ => null,
    };
}
