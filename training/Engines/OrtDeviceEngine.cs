using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Datasets;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training.Averaging;
using OnnxPipeline.Training.FineTuning;
using OnnxPipeline.Training.Losses;

namespace OnnxPipeline.Training.Engines;

/// <summary>
/// The "ort" engine on a device with memory of its own: the optimizer, the running statistics and gradient clipping are nodes
/// of the training graph, so weights and state stay on the device from step to step and only the loss and the logits come back.
/// </summary>
public sealed class OrtDeviceEngine : ITrainingEngine
{
    private readonly Loss _lossFunction;
    private readonly TrainingGraph _graph;
    private readonly UpdateGraph _update;
    private readonly DropoutMasks _masks;
    private readonly InferenceSession _training;
    private readonly InferenceSession? _summing;
    private readonly InferenceSession _evaluation;
    private readonly Lazy<InferenceSession> _statistics;
    private readonly DeviceTensors _tensors;
    private readonly RunOptions _run = new();
    private readonly Device _device;
    private readonly AveragingOptions? _averaging;

    /// <summary>Builds the training graph of a model, update included, and opens its sessions on the device.</summary>
    /// <param name="model">The model to train; it is left as it is.</param>
    /// <param name="options">Loss, optimizer, clipping and threads.</param>
    /// <param name="seed">Keys the dropout masks.</param>
    /// <param name="device">Where to train; the CPU works too, but <see cref="OrtEngine"/> is faster there.</param>
    /// <param name="mixed">Whether training samples are mixed of two, each with its label.</param>
    /// <param name="masks">Float tensors of 1 and 0 under the names of weights, whose elements at 0 stay exactly 0; null for none.</param>
    /// <exception cref="DeviceUnavailableException">The device or its provider is not there.</exception>
    /// <exception cref="TrainingException">The loss does not fit the model, or there is nothing to train; or a mask is of no trained weight.</exception>
    /// <exception cref="Autodiff.AutodiffException">An op has no gradient; all such nodes are listed.</exception>
    public OrtDeviceEngine(Model model, TrainOptions options, ulong seed, Device device, bool mixed = false, IReadOnlyList<Initializer>? masks = null)
    {
        (_device, _averaging) = (device, options.Averaging);
        options = options.For(model);
        _lossFunction = Loss.Create(options.Loss);
        _graph = TrainingGraph.Build(model, options.Loss, mixed, options.Freeze);
        masks ??= [];
        WeightMasks.Check(_graph, masks);
        _update = UpdateGraph.Append(_graph, WeightMasks.Apply(model, masks), options, masks);
        _masks = new DropoutMasks(_graph.Masks, seed);
        var settings = new SessionSettings { Device = device, Threads = options.Threads, FuseQuantized = false, MemoryPattern = false };
        _training = SessionFactory.Create(_update.Model.ToBytes(), settings);
        _summing = options.Accumulate > 1 ? SessionFactory.Create(GradientSumGraph.Build(_graph, model).ToBytes(), settings) : null;
        _statistics = new Lazy<InferenceSession>(() => SessionFactory.Create(StatisticsGraph.Build(_graph).ToBytes(), settings));
        _evaluation = SessionFactory.Create(EvaluationGraph.Build(model, _graph, _lossFunction.OfLabels).ToBytes(), settings);
        _tensors = new DeviceTensors(_update.Carried, settings);
    }

    public bool Classifies => _lossFunction.Classifies;

    public string Description => $"ort {Providers.Version} on {_device}";

    public StepOutcome Step(Batch batch, in TrainingStep step)
    {
        try
        {
            return Step(batch, step, batch.Count, keep: true);
        }
        catch (OnnxRuntimeException exception) when (DeviceMemory.IsExhausted(exception))
        {
            var asked = step;
            throw DeviceMemory.Exhausted(batch.Count, samples => Fits(batch, asked, samples), _device.ToString());
        }
    }

    /// <summary>Runs a step on the first samples of a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="step">The step.</param>
    /// <param name="count">How many of the samples.</param>
    /// <param name="keep">Whether the weights take what comes of it.</param>
    private StepOutcome Step(Batch batch, in TrainingStep step, int count, bool keep)
    {
        using var loss = new NativeTensor(_graph.Loss);
        using var norm = new NativeTensor(UpdateGraph.GradientNorm);
        using var logits = new NativeTensor(_graph.Output, count, _graph.OutputWidth);
        using var inputs = new BatchInputs(batch, count);
        inputs.Add(TrainingGraph.LossGradient, 1f / (count * step.Parts));
        foreach (var (name, value) in _update.Scalars(step)) inputs.Add(name, value);
        AddMasks(inputs, count, step.BatchNumber);

        var session = step.IsLast ? _training : _summing!;
        using var binding = session.CreateIoBinding();
        inputs.BindTo(binding, session);
        _tensors.BindInputs(binding, session);
        _tensors.BindOutputs(binding, session);
        foreach (var host in new[] { loss, norm, logits }.Where(h => session.OutputMetadata.ContainsKey(h.Name))) binding.BindOutput(host.Name, host.OrtValue);
        session.RunWithBinding(_run, binding);
        binding.SynchronizeBoundOutputs();
        if (!keep) return default;

        var sum = loss.Span[0];
        if (!float.IsFinite(sum) || !float.IsFinite(norm.Span[0])) throw NonFinite(step, sum, inputs);
        _tensors.Take(binding, session);
        return new StepOutcome(sum, _lossFunction.Correct(logits.Span, batch), count, norm.Span[0]);
    }

    private bool Fits(Batch batch, in TrainingStep step, int samples)
    {
        try
        {
            Step(batch, step, samples, keep: false);
            return true;
        }
        catch (OnnxRuntimeException exception) when (DeviceMemory.IsExhausted(exception))
        {
            return false;
        }
    }

    /// <summary>SWA's averages are taken on the host: they move once an epoch.</summary>
    public void EndEpoch(int epoch, BatchLoader batches)
    {
        if (_averaging is not SwaOptions swa) return;
        var state = Capture().ToDictionary(t => t.Name);
        foreach (var average in _update.Carried.Where(t => t.DeployedAs is not null))
            AveragingPlan.EndEpoch(swa, epoch, state[average.DeployedAs!].Span<float>(), state[average.StateName!].Span<float>());
        Restore(state);
        if (!AveragingPlan.Joins(swa, epoch) || _graph.Statistics.Count == 0) return;

        foreach (var (statistic, mean) in _graph.Statistics.Zip(MeanStatistics(batches, epoch).Values))
            mean.CopyTo(state[$"{statistic.Running}/{AveragingPlan.Slot}"].Span<float>());
        Restore(state);
    }

    public StepOutcome Evaluate(Batch batch)
    {
        using var loss = new NativeTensor(EvaluationGraph.Loss);
        using var logits = new NativeTensor(_graph.Output, batch.Count, _graph.OutputWidth);
        using var inputs = new BatchInputs(batch);
        using var binding = _evaluation.CreateIoBinding();
        inputs.BindTo(binding, _evaluation);
        _tensors.BindDeployed(binding, _evaluation);
        binding.BindOutput(loss.Name, loss.OrtValue);
        binding.BindOutput(logits.Name, logits.OrtValue);
        _evaluation.RunWithBinding(_run, binding);
        binding.SynchronizeBoundOutputs();
        return new StepOutcome(loss.Span[0], _lossFunction.Correct(logits.Span, batch), batch.Count);
    }

    public void CopyWeightsTo(Model model)
    {
        foreach (var tensor in _tensors.ReadDeployed())
            tensor.Span<float>().CopyTo(model.Graph.Initializers[tensor.Name].Span<float>());
    }

    public void SetMasks(IReadOnlyList<Initializer> masks) => Restore(WeightMasks.Impose(Capture(), masks));

    public IReadOnlyList<Initializer> Capture() => _tensors.Read();

    public void Restore(IReadOnlyDictionary<string, Initializer> state) => _tensors.Write(state);

    public void Dispose()
    {
        _tensors.Dispose();
        _training.Dispose();
        _summing?.Dispose();
        _evaluation.Dispose();
        if (_statistics.IsValueCreated) _statistics.Value.Dispose();
        _run.Dispose();
    }

    private StatisticsMean MeanStatistics(BatchLoader batches, int epoch)
    {
        var session = _statistics.Value;
        var host = _graph.Statistics.Select(s => new NativeTensor(s.Batch, [.. _update.Carried.First(t => t.Input == s.Running).Initial.Dims])).ToArray();
        var mean = new StatisticsMean([.. host.Select(h => h.Length)]);
        foreach (var batch in batches.Epoch(epoch - 1))
        {
            using var inputs = new BatchInputs(batch);
            using var logits = new NativeTensor(_graph.Output, batch.Count, _graph.OutputWidth);
            AddMasks(inputs, batch.Count, batch.Step + 1);
            using var binding = session.CreateIoBinding();
            inputs.BindTo(binding, session);
            _tensors.BindDeployed(binding, session);
            foreach (var output in host.Append(logits)) binding.BindOutput(output.Name, output.OrtValue);
            session.RunWithBinding(_run, binding);
            binding.SynchronizeBoundOutputs();
            mean.Add(host);
        }
        foreach (var tensor in host) tensor.Dispose();
        return mean;
    }

    private void AddMasks(BatchInputs inputs, int count, long step)
    {
        var masks = _masks.Allocate(count);
        foreach (var mask in masks) inputs.Add(mask);
        _masks.Fill(masks, step);
    }

    /// <summary>The step's outputs were not taken, so the device still has the weights from before it.</summary>
    private TrainingException NonFinite(in TrainingStep step, float loss, BatchInputs inputs)
    {
        var values = inputs.Values.Where(v => _graph.Model.Graph.Input(v.Key) is not null).ToDictionary();
        var weights = _tensors.Read().Where(t => _graph.Model.Graph.Input(t.Name) is not null).Select(NativeTensor.CopyOf).ToArray();
        try
        {
            foreach (var weight in weights) values[weight.Name] = weight.OrtValue;
            return float.IsFinite(loss)
                ? new NonFiniteGradientException(step.Number, FirstNonFinite.FindGradient(_graph, values))
                : new NonFiniteLossException(step.Number, loss, FirstNonFinite.Find(_graph, values, weights));
        }
        finally
        {
            foreach (var weight in weights) weight.Dispose();
        }
    }
}
