using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Metadata.Bundles;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.OnDevice;

/// <summary>
/// Goes on training a model where it is used: <c>using var trainer = OnDeviceTrainer.Open("bundle");</c>. Bundles are made by
/// <c>pipeline export --on-device</c>. One thread at a time may use a trainer; several trainers may run at once.
/// </summary>
public sealed class OnDeviceTrainer : IDisposable
{
    private readonly BundleFiles _files;
    private readonly BundleManifest _manifest;
    private readonly TrainingState _state;
    private readonly StepSession _train;
    private readonly StepSession? _accumulate;
    private readonly StepSession _evaluate;
    private readonly List<IDisposable> _owned = [];
    private readonly List<string> _classes = [];
    private long _samples;

    private OnDeviceTrainer(BundleFiles files, OnDeviceOptions options)
    {
        (_files, _manifest) = (files, files.Manifest);
        _state = Own(new TrainingState(_manifest.State));
        try
        {
            // Subnormal gradients take many times as long; and an app has other work for the cores between steps.
            var settings = new SessionSettings { Threads = options.Threads, FlushSubnormals = true, FuseQuantized = false, MemoryPattern = false, Spin = Spinning.WhileRunning };
            _train = Own(new StepSession(files, _manifest.Train, _state, t => t.Trained, settings));
            _accumulate = _manifest.AccumulateGraph is { } graph ? Own(new StepSession(files, graph, _state, t => t.Accumulated, settings)) : null;
            _evaluate = Own(new StepSession(files, _manifest.Evaluate, _state, _ => null, settings));
            SetState(files[_manifest.InitialState], _manifest.InitialState);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Names of the classes in use, by class index.</summary>
    public IReadOnlyList<string> Classes => _classes;

    /// <summary>Classes that <see cref="AddClass"/> can still add.</summary>
    public int SpareClasses => _manifest.Width - _classes.Count;

    /// <summary>The image that goes in, where the model says that it takes one; else null.</summary>
    public ImageInput? Image => _manifest.Image;

    /// <summary>The learning rate that the bundle was made for.</summary>
    public double LearningRate => _manifest.LearningRate;

    /// <summary>Batches that make one step.</summary>
    public int Accumulate => _manifest.Accumulate;

    /// <summary>Steps since the bundle was made, those of loaded states included; an average begins anew.</summary>
    public long Step => _state["step"].Span<long>()[0];

    /// <summary>Opens a bundle: a folder, or a .zip archive of one.</summary>
    /// <exception cref="OnDeviceException">There is none, or it is damaged.</exception>
    public static OnDeviceTrainer Open(string path, OnDeviceOptions? options = null) => new(new BundleFiles(path), options ?? new OnDeviceOptions());

    /// <summary>Room for batches of so many samples.</summary>
    public OnDeviceBatch CreateBatch(int count) => new(this, _manifest, count);

    /// <summary>
    /// Trains on a batch: forward, backward and update. Where the bundle accumulates gradients, only every so many calls change the
    /// weights. In the steady state it allocates nothing managed.
    /// </summary>
    /// <param name="batch">Samples with labels, a batch of this trainer.</param>
    /// <param name="learningRate">Null for the bundle's.</param>
    /// <exception cref="ArgumentException">A label is of no class in use, or the batch is another trainer's.</exception>
    /// <exception cref="OnDeviceException">The loss is not finite; the state was left as it was.</exception>
    public OnDeviceResult TrainStep(OnDeviceBatch batch, double? learningRate = null)
    {
        CheckOwner(batch);
        CheckLabels(batch);
        var rate = learningRate ?? LearningRate;
        var completes = _accumulate is null || _state["part"].Span<long>()[0] >= Accumulate - 1;
        var result = (completes ? _train : _accumulate!).Run(batch, rate);
        if (!double.IsFinite(result.Loss))
            throw new OnDeviceException($"The loss became {result.Loss} after {Step} steps; the state is left as it was. Look for inputs that are no numbers, or take a lower learning rate than {rate:g3}.");
        if (completes) _state.TakeTrained();
        else _state.TakeAccumulated();
        _samples += batch.Count;
        return result;
    }

    /// <summary>Loss and right answers of a batch, as the exported model would give them; nothing is changed.</summary>
    /// <exception cref="ArgumentException">A label is of no class in use, or the batch is another trainer's.</exception>
    public OnDeviceResult Evaluate(OnDeviceBatch batch)
    {
        CheckOwner(batch);
        CheckLabels(batch);
        return _evaluate.Run(batch, learningRate: 0);
    }

    /// <summary>Probabilities of all classes for a batch, whatever its labels (those of no class become one): [count, <see cref="Classes"/> and spare ones]. The span is the batch's, until its next evaluation.</summary>
    /// <exception cref="ArgumentException">The batch is another trainer's.</exception>
    public ReadOnlySpan<float> Predict(OnDeviceBatch batch)
    {
        CheckOwner(batch);
        // Labels of no class would end the run, and these may be old.
        foreach (ref var label in batch.Labels) label = Math.Clamp(label, 0, _classes.Count - 1);
        _evaluate.Run(batch, learningRate: 0);
        return batch.ProbabilityBuffer(_manifest.Width).Span<float>();
    }

    /// <summary>
    /// Takes a spare class into use. Its weights begin as the mean of the other classes', so that it is never the most probable class
    /// before it has been taught.
    /// </summary>
    /// <returns>The index of the class, for labels.</returns>
    /// <exception cref="ArgumentException">The name is empty or another class's.</exception>
    /// <exception cref="InvalidOperationException">No spare class is left.</exception>
    public int AddClass(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (_classes.Contains(name)) throw new ArgumentException($"There is a class '{name}' already.", nameof(name));
        if (SpareClasses == 0) throw new InvalidOperationException($"All {_manifest.Width} classes are in use ({string.Join(", ", _classes)}); make the bundle with more spare ones: pipeline export --on-device --spare-classes N.");
        var head = _manifest.Head!;
        NewClass.SetUp(_state[head.Weight].Span<float>(), _state[head.Bias].Span<float>(), head.Axis, _manifest.Width, _classes.Count);
        _classes.Add(name);
        return _classes.Count - 1;
    }

    /// <summary>Writes the state, weights, optimizer and names of classes, as a safetensors file.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void SaveState(string path) => AtomicFile.Write(path, GetState());

    /// <summary>Goes on from a state that was saved.</summary>
    /// <exception cref="OnDeviceException">The file was changed since it was written, is another bundle's state, or none; the state is left as it was.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public void LoadState(string path) => SetState(File.ReadAllBytes(path), path);

    /// <summary>The state as bytes, as <see cref="SaveState"/> writes them: for an app's own storage, or to be sent to who averages states.</summary>
    public byte[] GetState() => new StateFile
    {
        Bundle = _manifest.Id,
        Classes = _classes,
        Samples = _samples,
        ModelTensors = BundleManifest.ModelTensorsOf(_manifest.State),
        Tensors = [.. _state.Current.Select(s => new StateTensor(s.Tensor.Name, s.Tensor.Type, s.Tensor.Shape, s.Buffer.Bytes.ToArray()))],
    }.ToBytes();

    /// <summary>As <see cref="LoadState"/>, from bytes; <paramref name="source"/> names them in errors.</summary>
    /// <exception cref="OnDeviceException">As <see cref="LoadState"/>.</exception>
    public void SetState(byte[] state, string source = "state")
    {
        var file = States.Parse(state, source);
        States.RequireFits(file, _manifest, source);
        foreach (var (tensor, saved) in _manifest.State.Zip(file.Tensors)) saved.Data.Span.CopyTo(_state[tensor.Name].Bytes);
        _classes.Clear();
        _classes.AddRange(file.Classes);
        _samples = file.Samples;
    }

    /// <summary>Writes the model as it is now, to be run by any ONNX Runtime: the same inputs and outputs as before, names of new classes in its metadata.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Export(string path) => AtomicFile.Write(path, Export());

    /// <summary>As <see cref="Export(string)"/>, as bytes.</summary>
    public byte[] Export()
    {
        var original = _files[_manifest.Model.File];
        byte[] labels = _manifest.Model.LabelsKey is { } key ? LabelsEntry.Of(key, BundleManifest.LabelsOf(_classes, _manifest.Width)) : [];
        byte[] model = [.. original.AsSpan(0, checked((int)_manifest.Model.LabelsOffset)), .. labels];
        foreach (var (tensor, buffer) in _state.Current)
        {
            if (tensor.Offset is { } offset) buffer.Bytes.CopyTo(model.AsSpan(checked((int)offset)));
        }
        return model;
    }

    /// <summary>
    /// The weighted mean of states of one bundle, for federated learning: weights and running statistics are averaged, while what the
    /// optimizer keeps begins anew, as do the counts of steps and samples. Source: McMahan et al., "Communication-Efficient Learning of
    /// Deep Networks from Decentralized Data", 2017, algorithm 1.
    /// </summary>
    /// <param name="states">What <see cref="GetState"/> or <see cref="SaveState"/> gave on each device.</param>
    /// <param name="weights">How much each counts, 0 or more and not all 0; null for the samples that each was trained on since it was the bundle's own or an average.</param>
    /// <returns>A state of the same bundle.</returns>
    /// <exception cref="OnDeviceException">A state was changed, is of another bundle or has other classes.</exception>
    /// <exception cref="ArgumentException">There is no state, or the weights do not fit.</exception>
    public static byte[] Average(IReadOnlyList<byte[]> states, IReadOnlyList<double>? weights = null) => States.Average(states, weights);

    public void Dispose()
    {
        foreach (var owned in Enumerable.Reverse(_owned)) owned.Dispose();
        _owned.Clear();
    }

    private T Own<T>(T owned) where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    private void CheckOwner(OnDeviceBatch batch)
    {
        if (batch.Owner != this) throw new ArgumentException("The batch is another trainer's; make one with this one's CreateBatch.", nameof(batch));
    }

    private void CheckLabels(OnDeviceBatch batch)
    {
        foreach (var label in batch.Labels)
        {
            if (label < 0 || label >= _classes.Count)
                throw new ArgumentException($"A label is {label}; expected a class from 0 to {_classes.Count - 1} ({string.Join(", ", _classes)}).{(SpareClasses > 0 ? " AddClass takes a spare class into use." : "")}", nameof(batch));
        }
    }
}
