using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Models.Metadata.Bundles;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.OnDevice;

/// <summary>A graph of the bundle: it reads the state, writes what of it changes, and says how good the batch was.</summary>
internal sealed class StepSession : IDisposable
{
    private readonly BundleGraph _graph;
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly TrainingState _state;
    private readonly Func<BundleTensor, string?> _output;
    private readonly NativeBuffer _learningRate = new(BundleTypes.Float32);
    private readonly NativeBuffer _loss = new(BundleTypes.Float32);
    private readonly NativeBuffer _correct = new(BundleTypes.Int64);
    private readonly string _learningRateInput;
    private readonly int _width;

    /// <param name="files">The bundle.</param>
    /// <param name="graph">Which of its graphs.</param>
    /// <param name="state">What it reads and writes.</param>
    /// <param name="output">The graph's output with a tensor's next value; null where it writes none.</param>
    /// <param name="settings">How it is run.</param>
    /// <exception cref="OnDeviceException">The file is no such graph.</exception>
    public StepSession(BundleFiles files, BundleGraph graph, TrainingState state, Func<BundleTensor, string?> output, SessionSettings settings)
    {
        (_graph, _state, _output) = (graph, state, output);
        (_learningRateInput, _width) = (files.Manifest.LearningRateInput, files.Manifest.Width);
        try
        {
            _session = SessionFactory.Create(files[graph.File], settings);
        }
        catch (OnnxRuntimeException exception)
        {
            throw files.Damaged($"ONNX Runtime does not load '{graph.File}': {exception.Message.TrimEnd('.')}", exception);
        }
        var missing = new[] { graph.Loss, graph.Correct, graph.Probabilities }.Concat(state.Next(output).Select(n => n.Output)).Where(o => o is not null && !_session.OutputMetadata.ContainsKey(o));
        if (missing.FirstOrDefault() is { } name) throw files.Damaged($"'{graph.File}' has no output '{name}'");
    }

    /// <summary>Runs the graph on a batch. What it wrote of the state is there to be taken.</summary>
    public OnDeviceResult Run(OnDeviceBatch batch, double learningRate)
    {
        var binding = batch.Binding(this, _state.Turn) ?? Bind(batch);
        _learningRate.Span<float>()[0] = (float)learningRate;
        _session.RunWithBinding(_run, binding);
        return new OnDeviceResult(_loss.Span<float>()[0], (int)_correct.Span<long>()[0], batch.Count);
    }

    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
        foreach (var buffer in new[] { _learningRate, _loss, _correct }) buffer.Dispose();
    }

    private OrtIoBinding Bind(OnDeviceBatch batch)
    {
        var binding = _session.CreateIoBinding();
        void Input(string name, NativeBuffer buffer)
        {
            if (_session.InputMetadata.ContainsKey(name)) binding.BindInput(name, buffer.Value);
        }
        foreach (var (name, buffer) in batch.Inputs) Input(name, buffer);
        foreach (var (tensor, buffer) in _state.Current) Input(tensor.Name, buffer);
        Input(_learningRateInput, _learningRate);
        foreach (var (output, buffer) in _state.Next(_output)) binding.BindOutput(output, buffer.Value);
        binding.BindOutput(_graph.Loss, _loss.Value);
        binding.BindOutput(_graph.Correct, _correct.Value);
        if (_graph.Probabilities is { } probabilities) binding.BindOutput(probabilities, batch.ProbabilityBuffer(_width).Value);
        batch.Keep(this, _state.Turn, binding);
        return binding;
    }
}
